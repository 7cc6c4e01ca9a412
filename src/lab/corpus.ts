// SPDX-License-Identifier: GPL-2.0-only
// Which mutants does a run have? To make them all ports are parsed and every operator is asked,
// which takes longer than the rest of a run that has nothing new to do. So they are kept too, and
// what makes them is loaded only if it has changed.

import type { Mutant, Regression } from '#mutation/mutant';
import { UserError } from '#user-error';
import type { EraName } from '#vocabulary';
import type { Cache } from './cache.ts';
import type { Keys } from './keys.ts';
import type { RunChoice } from './run.ts';
import type { Refused, SyntacticCorpus } from './syntactic.ts';

export interface Corpus {
  /** Eras in the order asked for, each sorted by id, ours before Stryker's. */
  readonly mutants: readonly Mutant[];
  /** All of them, whatever the eras are. */
  readonly regressions: readonly Regression[];
  /** Mutants by Stryker's rules that do not type check. */
  readonly refused: readonly Refused[];
}

/** `syntactic`: the eras in which Stryker's rules make mutants too. */
export async function corpusOf(
  eras: readonly EraName[],
  syntactic: readonly EraName[],
  keys: Keys,
  cache: Cache,
): Promise<Corpus> {
  const parts: Omit<Corpus, 'refused'>[] = [];
  const more: SyntacticCorpus[] = [];
  for (const era of eras) {
    const part = await kept(cache, keys.corpus(era), () => madeOf(era));
    parts.push(part);
    if (!syntactic.includes(era)) continue;
    more.push(await kept(cache, keys.syntactic(era), () => byStryker(era, part.mutants)));
  }
  return {
    mutants: [...parts, ...more].flatMap(({ mutants }) => mutants),
    regressions: parts[0]?.regressions ?? [],
    refused: more.flatMap(({ refused }) => refused),
  };
}

async function kept<T>(cache: Cache, key: string, make: () => Promise<T>): Promise<T> {
  const known = cache.get(key) as T | undefined;
  if (known !== undefined) return known;
  const made = await make();
  cache.put([[key, made]]);
  return made;
}

async function madeOf(era: EraName): Promise<Omit<Corpus, 'refused'>> {
  const { allMutants, loadMakers } = await import('./registry.ts');
  const { regressions } = await loadMakers();
  return { mutants: await allMutants([era]), regressions };
}

async function byStryker(era: EraName, ours: readonly Mutant[]): Promise<SyntacticCorpus> {
  const { syntacticCorpus } = await import('./syntactic.ts');
  return syntacticCorpus(era, ours);
}

/** The mutants of an era that are chosen. Throws a UserError if there are none. */
export function chosenOf(
  mutants: readonly Mutant[],
  { families, functions }: Pick<RunChoice, 'families' | 'functions'>,
  era: EraName,
): Mutant[] {
  const own = mutants.filter(
    (mutant) =>
      mutant.era === era &&
      (mutant.family === null || families.includes(mutant.family)) &&
      (functions.length === 0 || functions.includes(mutant.function)),
  );
  if (own.length > 0) return own;
  const of = functions.length === 0 ? '' : `of ${functions.join(', ')} `;
  throw new UserError(`no operator of the chosen families makes a mutant ${of}in ${era}`, 3);
}
