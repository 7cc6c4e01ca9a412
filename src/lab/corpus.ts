// SPDX-License-Identifier: GPL-2.0-only
// Which mutants does a run have? To make them all ports are parsed and every operator is asked,
// which takes longer than the rest of a run that has nothing new to do. So they are kept too, and
// what makes them is loaded only if it has changed.

import type { Mutant, Regression } from '#mutation/mutant';
import type { EraName } from '#vocabulary';
import type { Cache } from './cache.ts';
import type { Keys } from './keys.ts';

export interface Corpus {
  /** Eras in the order asked for, each sorted by id. */
  readonly mutants: readonly Mutant[];
  /** All of them, whatever the eras are. */
  readonly regressions: readonly Regression[];
}

export async function corpusOf(
  eras: readonly EraName[],
  keys: Keys,
  cache: Cache,
): Promise<Corpus> {
  const parts: Corpus[] = [];
  for (const era of eras) {
    const key = keys.corpus(era);
    let part = cache.get(key) as Corpus | undefined;
    if (part === undefined) {
      part = await madeOf(era);
      cache.put(key, part);
    }
    parts.push(part);
  }
  return {
    mutants: parts.flatMap(({ mutants }) => mutants),
    regressions: parts[0]?.regressions ?? [],
  };
}

async function madeOf(era: EraName): Promise<Corpus> {
  const { allMutants, loadMakers } = await import('./registry.ts');
  const { regressions } = await loadMakers();
  return { mutants: await allMutants([era]), regressions };
}
