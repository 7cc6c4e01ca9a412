// SPDX-License-Identifier: GPL-2.0-only
// Which pairs does a run have? Only mutants that died alone take part: a pair that lives then shows
// that one of them hides the other. A run that was asked for pairs and made none is void, for it
// would look like one in which nothing hides anything.

import type { Mutant } from '#mutation/mutant';
import type { TwinPair } from '#mutation/pairs';
import type { EraName } from '#vocabulary';
import { type Problem, problem } from './baseline.ts';
import type { MutantRun } from './run.ts';

/** Pairs that were not run. */
export interface Pairing {
  /** Their code is that of one mutant, of another pair, or of the port. */
  readonly twins: readonly TwinPair[];
  /** How many edit the same place twice. */
  readonly overlapping: number;
}

/** What was made for one era. */
export interface Made extends Pairing {
  readonly pairs: readonly Mutant[];
  readonly problems: readonly Problem[];
}

/** The pairs of each era. `runs`: what all mutants did alone. */
export async function pairsOfRun(
  eras: readonly EraName[],
  runs: readonly MutantRun[],
): Promise<Made[]> {
  // To make them ports are parsed, which a run without pairs does not do here.
  const [{ pairsOf }, { portOf }] = await Promise.all([
    import('#mutation/pairs'),
    import('./ports.ts'),
  ]);
  return eras.map((era) => {
    const own = runs.filter(({ mutant }) => mutant.era === era && mutant.kind !== 'syntactic');
    const dead = own.filter(({ verdict }) => isPaired(verdict));
    const mutantsOf = (some: readonly MutantRun[]) => some.map(({ mutant }) => mutant);
    const made = pairsOf(portOf(era), mutantsOf(dead), mutantsOf(own));
    const none = `${era}: pairs were asked for, but no two mutants that died make one`;
    return { ...made, problems: made.pairs.length === 0 ? [problem(none)] : [] };
  });
}

/** Of all eras together. */
export function toldPairing(made: readonly Made[]): Pairing {
  return {
    twins: made.flatMap(({ twins }) => twins),
    overlapping: made.reduce((sum, { overlapping }) => sum + overlapping, 0),
  };
}

/** Not who lost an optimisation: nothing wrong was answered that the other could hide. */
function isPaired({ kind, verdict }: MutantRun['verdict']): boolean {
  return kind === 'operator' && (verdict === 'killed' || verdict === 'deadlock');
}
