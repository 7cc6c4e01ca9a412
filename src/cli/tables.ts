// SPDX-License-Identifier: GPL-2.0-only
// How does a command show a counterexample? As the table of its interleaving, headed by what it
// belongs to.

import type { Loaded, Told } from '#lab/tell';
import type { Unit } from '#lab/unit';
import { interleavingTable } from '../report/interleaving-table.ts';
import { sizeText } from '../report/texts.ts';

/** The table of a counterexample. Verbose: every step, with its function and line. */
export function tableOf(loaded: Loaded, unit: Unit, told: Told, isVerbose: boolean): string {
  return interleavingTable(told.replayed, {
    subject: loaded.mutant?.id ?? loaded.era,
    description: loaded.mutant?.description ?? null,
    scenario: unit.scenario.id,
    size: sizeText(unit),
    invariant: told.invariant,
    breaks: told.breaks,
    schedule: told.schedule,
    isVerbose,
  });
}
