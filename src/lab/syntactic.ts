// SPDX-License-Identifier: GPL-2.0-only
// Which mutants do Stryker's rules add to an era? Those that the compiler accepts, and that no
// operator of ours makes. A file that an era takes from an older one is mutated for each era that
// loads it, as operators do it: a suite may notice in one era what it misses in the other.

import type { Mutant } from '#mutation/mutant';
import { syntacticMutants, withoutTwins } from '#mutation/syntactic/make';
import { typeErrors } from '#mutation/syntactic/types';
import type { EraName } from '#vocabulary';
import { portOf } from './ports.ts';

export interface Refused {
  readonly id: string;
  /** What the compiler says. */
  readonly reason: string;
}

export interface SyntacticCorpus {
  readonly mutants: readonly Mutant[];
  /** Mutants that do not type check: they are not run and not counted. */
  readonly refused: readonly Refused[];
  /** How many are mutants of ours, or each other, again. */
  readonly twins: number;
}

export async function syntacticCorpus(
  era: EraName,
  ours: readonly Mutant[],
): Promise<SyntacticCorpus> {
  const port = portOf(era);
  const made = await syntacticMutants(port);
  const own = ours.filter((mutant) => mutant.era === era);
  const kept = withoutTwins(port, made, own);
  const errors = typeErrors(port, kept);
  return {
    mutants: kept.filter(({ id }) => !errors.has(id)),
    refused: [...errors].map(([id, reason]) => ({ id, reason })),
    twins: made.length - kept.length,
  };
}
