// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import type { EraName, SlotState } from '#vocabulary';
import { judgeOrder } from './slot-order.ts';

/** Entries from `gfn+pages`, in order, with ids and indexes as they should be. */
function entriesOf(...texts: readonly string[]): SlotState[] {
  return texts.map((text, index) => {
    const [base_gfn, npages] = text.split('+').map(BigInt) as [bigint, bigint];
    const rest = { userspace_addr: 0n, flags: 0, ownsMemory: true };
    return { id: index, index, base_gfn, npages, ...rest };
  });
}

function judged(era: EraName, entries: readonly SlotState[]): string[] {
  const found = new Set<string>();
  judgeOrder(entries, era, (rule, detail) => found.add(`${rule}: ${detail}`));
  return [...found];
}

test.each([
  [['8+2', '6+2', '0+1', '0+0'], []],
  [[], []],
  [['6+2', '8+2'], ['a higher slot comes after a lower one']],
  [['6+2', '6+2'], ['a higher slot comes after a lower one']],
  [['8+2', '6+3', '0+0'], ['two slots overlap']],
  [['8+2', '0+0', '6+2'], ['a used entry comes after an unused one']],
  [['0+0', '0+1'], ['a used entry comes after an unused one']],
  [['8+2', '8+0'], ['an unused entry has a gfn']],
])('sorted by gfn, %j breaks %j', (entries, details) => {
  const expected = details.map((detail) => `sorted-used-prefix: ${detail}`);
  expect(judged('v3.19', entriesOf(...entries))).toEqual(expected);
});

test('sorted by size, a gfn has no say, nor have equal sizes an order', () => {
  expect(judged('v3.17', entriesOf('1+3', '9+2', '5+2', '0+0'))).toEqual([]);
  expect(judged('v3.17', entriesOf('9+2', '1+3'))).toEqual([
    'sorted-by-size: a larger slot comes after a smaller one',
  ]);
});

test('where slots lie in no array, no order is judged', () => {
  expect(judged('v6.12', entriesOf('1+3', '9+2', '20+5'))).toEqual([]);
});

test('in every era an id is there once, and leads to its entry', () => {
  const [first, second] = entriesOf('8+2', '6+2') as [SlotState, SlotState];
  expect(judged('v6.12', [first, { ...second, id: first.id }])).toEqual([
    'id-map-exact: an id occurs twice',
  ]);
  expect(judged('v3.19', [first, { ...second, index: 0 }])).toEqual([
    'id-map-exact: id_to_index points elsewhere',
  ]);
});
