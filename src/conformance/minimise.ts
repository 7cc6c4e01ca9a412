// SPDX-License-Identifier: GPL-2.0-only
// Which is the least sequence that the model does not explain? Letters are left out one by one, as
// long as model and kernel still differ at the end; each round is one machine, each sequence a VM
// of its own.

import { linesOf, tokensOf } from './cases.ts';
import { compare, type Told } from './compare.ts';
import { tracingLines } from './kernel-events.ts';
import { type Area, batchOf } from './plan.ts';
import type { Story } from './result.ts';
import { predictWatched } from './sequences.ts';
import type { Recording } from './serial.ts';
import { storyOf } from './traces.ts';

export type RunLines = (lines: readonly string[]) => Promise<Recording>;

const ROUNDS_MAX = 6;

/** The story of the least of these sequences, with the events of both; none if it is not whole. */
export async function leastStories(
  { model }: Area,
  unexplained: readonly Told[],
  run: RunLines,
): Promise<Story[]> {
  let word = unexplained[0]!.word;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const shorter = withoutOne(word);
    const batch = { ...batchOf('m', model, shorter), isTraced: false };
    const tokens = tokensOf(batch, await run(linesOf(batch)));
    const { unexplained: left } = compare(batch.sequences, tokens);
    const [least] = [...left].sort((a, b) => a.word.length - b.word.length);
    if (least === undefined || least.word.length >= word.length) break;
    word = least.word;
  }
  const batch = batchOf('m', model, [word]);
  const recording = await run([...tracingLines(), ...linesOf(batch)]);
  const title = `${model.alphabet.name}, ${model.paging}: ${word}`;
  const story = storyOf(title, batch, 0, predictWatched(model, [word])[0]!, recording);
  return story === null ? [] : [story];
}

/** All words that lack one letter of this one. */
export function withoutOne(word: string): string[] {
  return [...new Set([...word].map((_, i) => word.slice(0, i) + word.slice(i + 1)))].filter(
    (shorter) => shorter !== '',
  );
}
