// SPDX-License-Identifier: GPL-2.0-only
// What is compared on a kernel? Every alphabet under every paging that it is for, with the
// sequences that the port of the kernel's era leads to.

import type { EraName, SystemUnderTest } from '#vocabulary';
import { ALPHABETS, type Alphabet } from './alphabets.ts';
import { type Batch, needsNpt } from './cases.ts';
import { shortest } from './compare.ts';
import { erasFor } from './eras.ts';
import type { Paging } from './port-guest.ts';
import {
  allWords,
  hasGuestPaging,
  type Model,
  type Predicted,
  predict,
  predictWatched,
  randomWords,
  usesTables,
  type Watched,
} from './sequences.ts';

/** The ports by era, oldest first. */
export type Systems = ReadonlyMap<EraName, SystemUnderTest>;

/** How much is compared. */
export interface Extent {
  /** Seeds of random sequences. */
  readonly seeds: readonly number[];
  /** Sequences of each alphabet that are traced. */
  readonly traced: number;
  /** How often two threads delete and create a slot in each shape; 0 leaves them out. */
  readonly stress: number;
  /** Letters by which the sequences are shorter than the alphabet allows. */
  readonly shorter: number;
}

export interface Area {
  readonly model: Model;
  /** The port of the era before, for a kernel that lies between two. */
  readonly before: Model | null;
  readonly isOwnEra: boolean;
  readonly batch: Batch;
  readonly traced: Batch;
  readonly watched: readonly (readonly Watched[])[];
  /** What the port of the era before does. */
  readonly watchedBefore: readonly (readonly Watched[])[] | null;
}

const RANDOM_WORDS = 15;
const RANDOM_LENGTH = 30;
const TRACED_LENGTH = 10;

/** The areas of a kernel with nested paging or without; none where no port can be used. */
export function areasOf(release: string, npt: boolean, systems: Systems, extent: Extent): Area[] {
  const withTables = [...systems].filter(([, system]) => hasGuestPaging(system));
  return ALPHABETS.flatMap((alphabet, i) =>
    alphabet.paging
      .filter((paging) => needsNpt(paging) === npt)
      .flatMap((paging) => {
        const usable = usesTables(alphabet) ? withTables : [...systems];
        const names = usable.map(([name]) => name);
        const eras = erasFor(release, names);
        if (eras === null) return [];
        const shorter = { ...alphabet, ...shortened(alphabet, extent.shorter) };
        const model = { system: systems.get(eras.own)!, alphabet: shorter, paging };
        const before = eras.before === null ? null : systems.get(eras.before)!;
        const other = before === null ? null : { ...model, system: before };
        return [areaOf(`a${i}`, model, other, eras.isOwnEra, extent)];
      }),
  );
}

function shortened({ length, further }: Alphabet, by: number) {
  return { length: Math.max(1, length - by), further: Math.max(1, further - by) };
}

function areaOf(
  id: string,
  model: Model,
  before: Model | null,
  isOwnEra: boolean,
  { seeds, traced }: Extent,
): Area {
  const { alphabet, paging } = model;
  const random = (length: number, count: number) =>
    seeds.flatMap((seed) => randomWords(model, seed, count, length));
  const words = allWords(model);
  const sequences = predict(model, [...words, ...random(RANDOM_LENGTH, RANDOM_WORDS)]);
  const wrong = sequences.flatMap(({ word, steps }) => {
    const at = steps.findIndex(isWrong);
    return at < 0 ? [] : [{ word: word.slice(0, at + 1) }];
  });
  // The shortest sequence with a wrong answer comes first: its story is told.
  const least = shortest(wrong)
    .slice(0, 1)
    .map(({ word }) => word);
  const chosen = [...least, ...spread(words, traced), ...random(TRACED_LENGTH, 2)];
  return {
    model,
    before,
    isOwnEra,
    batch: { id, alphabet, paging, sequences },
    traced: batchOf(`t${id}`, model, chosen),
    watched: predictWatched(model, chosen),
    watchedBefore: before === null ? null : predictWatched(before, chosen),
  };
}

/** A batch of these words, each traced on a VM of its own. */
export function batchOf(id: string, model: Model, words: readonly string[]): Batch {
  const { alphabet, paging } = model;
  const sequences = predict(model, words);
  return { id, alphabet, paging, sequences, isFresh: true, isTraced: true };
}

function isWrong({ allowed, port }: Predicted): boolean {
  return !allowed.includes(port);
}

/** So many of them, evenly spread. */
function spread<T>(all: readonly T[], count: number): T[] {
  const step = Math.max(1, all.length / Math.max(1, count));
  return Array.from({ length: Math.min(count, all.length) }, (_, i) => all[Math.floor(i * step)]!);
}

export function pagingOf(npt: boolean): Extract<Paging, 'nested paging' | 'shadow paging'> {
  return npt ? 'nested paging' : 'shadow paging';
}
