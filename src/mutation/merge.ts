// SPDX-License-Identifier: GPL-2.0-only
// What if two operators make the same code? Then it is one mutant, under the name that says more:
// an operator that knows KVM goes before a general one, a rare one before a frequent one.

import { type Mutant, MutationError } from './mutant.ts';

/** A mutant that is left out, and the one that is the same code. */
export interface Merged {
  readonly id: string;
  readonly into: string;
}

export interface MergedTwins {
  readonly kept: readonly Mutant[];
  readonly merged: readonly Merged[];
  readonly byCode: ReadonlyMap<string, Mutant>;
}

/** `mutants` are all that operators make of one port. Throws if one makes the same code twice. */
export function mergeTwins(
  mutants: readonly Mutant[],
  codeOf: (mutant: Mutant) => string,
): MergedTwins {
  const made = Map.groupBy(mutants, ({ name }) => name);
  const compare = (a: Mutant, b: Mutant): number =>
    Number(a.family === 'general') - Number(b.family === 'general') ||
    made.get(a.name)!.length - made.get(b.name)!.length ||
    (a.name < b.name ? -1 : Number(a.name > b.name));
  const byCode = new Map<string, Mutant>();
  const kept: Mutant[] = [];
  const merged: Merged[] = [];
  for (const mutant of [...mutants].sort(compare)) {
    const code = codeOf(mutant);
    const twin = byCode.get(code);
    if (twin === undefined) {
      byCode.set(code, mutant);
      kept.push(mutant);
    } else if (twin.name === mutant.name) {
      throw new MutationError(`${mutant.id} is ${twin.id} again`);
    } else merged.push({ id: mutant.id, into: twin.id });
  }
  return { kept, merged, byCode };
}
