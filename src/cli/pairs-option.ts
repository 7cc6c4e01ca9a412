// SPDX-License-Identifier: GPL-2.0-only
// When may two mutants be run at once? When it is known of each that it dies alone, in a run that
// leaves nothing out: who dies in a scenario that was not chosen would seem to be hidden.

import type { RunChoice } from '#lab/run';
import { PAIR_FAMILIES } from '#mutation/mutant';
import { UserError } from '#user-error';
import type { Option, Values } from './command.ts';
import { isGiven } from './options.ts';

/** Their families, for people. */
export const PAIRED = PAIR_FAMILIES.join(', ');

export const PAIRS: Option = {
  type: 'boolean',
  help: 'also run two mutants at once that died alone: what lives together hides each other',
};

/** Throws a UserError where pairs would have no ground, or could not be made. */
export function pairsOption(
  values: Values,
  { isWhole, shard, families }: Pick<RunChoice, 'isWhole' | 'shard' | 'families'>,
): boolean {
  if (!isGiven(values, 'pairs')) return false;
  if (shard !== null) {
    throw new UserError('--pairs is not for a shard: both of a pair must have died in one run');
  }
  if (!isWhole) {
    throw new UserError(
      '--pairs needs a whole run, without --scenario, --invariant and --memory-model: ' +
        'what they leave out may kill',
    );
  }
  if (families.some((family) => PAIR_FAMILIES.includes(family))) return true;
  throw new UserError(`--pairs needs mutants of a family that makes pairs: ${PAIRED}`);
}
