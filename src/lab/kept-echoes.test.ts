// SPDX-License-Identifier: GPL-2.0-only
// Does what a unit has said come back as it was, and to those it was said about?

import { expect, test } from 'vitest';
import type { Edited } from '#mutation/edits';
import { decode, encode } from './codec.ts';
import {
  type AskedRecord,
  echoesIn,
  type Keeper,
  merged,
  openOf,
  packedRecord,
  unpackedRecord,
} from './kept-echoes.ts';
import type { Task } from './task.ts';
import { emptyResult } from './unit.ts';

const UNIT = {
  scenario: 'mmio-cache/a-created-slot-is-seen.1v1u1f',
  mmio: 'ept',
  memoryModel: 'sc',
  budgetStates: null,
} as const;
const TASK: Task = {
  era: 'v3.17',
  mutant: null,
  units: [UNIT],
  baseline: null,
  coverage: [],
  story: [],
  invariants: [],
  isComplete: false,
};
const texts = Array.from({ length: 200 }, (_, i) => `an end that many others are like: ${i}`);
const SEEN = { result: emptyResult(UNIT, {}), texts };

const mutant = (replacement: string): Edited => ({
  era: 'v3.17',
  edits: [{ file: 'a.ts', start: 1, end: 2, original: 'a', replacement }],
});
const knowing = (record: AskedRecord | undefined): Keeper => ({
  asked: () => record,
  keep: () => {},
});
const about = (...names: readonly string[]): Task => ({ ...TASK, suspects: names.map(mutant) });
const bits = (...all: readonly number[]) => Uint8Array.from(all);

/** `b` does what the port does; `a` is not reached. */
const first = merged(openOf(about('a', 'b'), knowing(undefined)), {
  isEcho: bits(0, 1),
  isReached: bits(0, 1),
  seen: SEEN,
})!;

test('a record that is kept comes back equal, and is short', () => {
  for (const record of [first, { ...first, seen: null }]) {
    const text = encode(packedRecord(record));
    const back = decode(text) as ReturnType<typeof packedRecord>;
    expect(unpackedRecord(back)).toEqual(record);
    expect(text.length).toBeLessThanOrEqual(encode(record).length);
  }
  expect(encode(packedRecord(first)).length).toBeLessThan(encode(first).length / 4);
});

test('only who is not known is asked about, and all are told apart by what they edit', () => {
  const open = openOf(about('c', 'b', 'a'), knowing(first));
  expect(open.left!.suspects).toEqual([mutant('c')]);
  const all = merged(open, { isEcho: bits(1), isReached: bits(1), seen: SEEN })!;
  expect(echoesIn(all, about('a', 'b', 'c'))).toEqual({
    isEcho: bits(0, 1, 1),
    isReached: bits(0, 1, 1),
    seen: SEEN,
  });
  expect(openOf(about('b', 'c'), knowing(all)).left).toBeNull();
});

test('where a unit gave no answer about somebody, nothing is said of anybody', () => {
  expect(merged(openOf(about('a'), knowing(undefined)), null)).toBeNull();
  expect(merged(openOf(about('b', 'c'), knowing(first)), null)).toBeNull();
  expect(merged(openOf(about('b'), knowing(first)), null)).toBe(first);
});
