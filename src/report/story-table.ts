// SPDX-License-Identifier: GPL-2.0-only
// How does a command show a counterexample? As the table of its interleaving, headed by what it
// belongs to, and ended by what to type to see it again.

import { storyInvariant } from '#lab/story';
import { INVARIANTS, rulesNameOf } from '#lab/suites';
import type { Loaded, Told } from '#lab/tell';
import { type Unit, violationsOf } from '#lab/unit';
import { interleavingTable } from './interleaving-table.ts';
import { sizeText } from './texts.ts';

/**
 * The table of a counterexample. `named`: the invariants that the subject is to be told by.
 * Verbose: every step, with its function and line. `width`: columns, a hundred by default.
 */
export function tableOf(
  loaded: Loaded,
  unit: Unit,
  told: Told,
  named: readonly string[],
  isVerbose: boolean,
  width?: number,
): string {
  const { events } = told.replayed;
  const violations = violationsOf(INVARIANTS, rulesNameOf(loaded.system), events, unit.scenario.id);
  const { ends } = told;
  const isFirst = ends !== undefined || storyInvariant(violations, named) === told.invariant;
  return interleavingTable(told.replayed, {
    subject: loaded.tree?.name ?? loaded.mutant?.id ?? loaded.era,
    description: loaded.mutant?.description ?? null,
    scenario: unit.scenario.id,
    size: sizeText(unit),
    invariant: told.invariant,
    breaks: told.breaks,
    ...(ends === undefined ? {} : { ends }),
    // One schedule may break several invariants: the table says which one it is about.
    schedule: isFirst ? told.schedule : `${told.schedule} --invariant ${told.invariant}`,
    isVerbose,
    ...(width === undefined ? {} : { width }),
    hasLines: loaded.tree !== undefined,
  });
}
