// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { runDirectly } from '#explorer/run';
import { World } from '#explorer/world';
import { atomic_set_if_ge, atomic_t } from './atomic.ts';
import { BIT_ULL, GENMASK_ULL } from './bits.ts';
import { kvzalloc_flex, memcpy_flex } from './flex.ts';
import { kzalloc } from './slab.ts';
import { undefined_on_stack } from './static.ts';
import { array, int, type Of, struct, u64 } from './struct.ts';

const item = struct('kvm_item', { first: u64, second: int });
const list = struct('kvm_list', { used: int, hint: atomic_t, items: array(3, item) });
type list = Of<typeof list>;
const table = struct('kvm_table', { words: array(2, u64) });

function run<T>(code: () => T, failAllocations: string[] = [], wantTrace = false) {
  const world = new World({
    threads: 1,
    allocator: 0,
    granularity: 'object',
    config: { failAllocations },
  });
  const { result, events } = runDirectly(world, 0, code, { wantTrace });
  return { result, events: events.map(({ kind, detail }) => `${kind}: ${detail}`) };
}

test.each([false, true])('an element that was not allocated is out of bounds (%s)', (wantTrace) => {
  const { result, events } = run(
    () => {
      const one = kvzalloc_flex(list, 1) as list;
      one.items[0]!.first = 5n;
      one.items[1]!.first = 6n;
      return [one.used, one.items[0]!.first, one.items[1]!.first, one.items[2]!.second];
    },
    [],
    wantTrace,
  );
  expect(result).toEqual([0, 5n, 0n, 0]);
  expect(events).toEqual([
    'out-of-bounds: read of kvm_list->items[1].first',
    'out-of-bounds: read of kvm_list->items[2].second',
  ]);
});

test('a copy has what was asked for, and room for what its allocation has', () => {
  const { result, events } = run(() => {
    const one = kvzalloc_flex(list, 1) as list;
    one.used = 1;
    one.items[0]!.second = 7;
    const other = kvzalloc_flex(list, 2) as list;
    memcpy_flex(other, one, 1);
    return [other.used, other.items[0]!.second, other.items[1]!.second];
  });
  expect([result, events]).toEqual([[1, 7, 0], []]);
});

test('an allocation that fails gives nothing, and other structs have no such array', () => {
  expect(run(() => kvzalloc_flex(list, 1), ['list 0']).result).toBeNull();
  expect(() => run(() => kvzalloc_flex(item, 0))).toThrow('no array');
});

test('an atomic_t is set if it reaches a limit, and else left', () => {
  const { result } = run(() => {
    const values: number[] = [];
    for (const one of [kzalloc(list) as list, list.local()]) {
      one.hint.counter = 3;
      atomic_set_if_ge(one.hint, 4, 9);
      values.push(one.hint.counter);
      atomic_set_if_ge(one.hint, 3, 1);
      values.push(one.hint.counter);
    }
    return values;
  });
  expect(result).toEqual([3, 1, 3, 1]);
});

test('a local variable without a value is undefined until it is written', () => {
  const { result, events } = run(() => {
    const local = undefined_on_stack(table);
    local.words[1] = 4n;
    return [local.words[0], local.words[1]];
  });
  expect(result).toEqual([0n, 4n]);
  expect(events).toEqual(['uninitialised-read: read of kvm_table->words[0] on the stack']);
});

test('an element of an array of scalars has an address', () => {
  const { result } = run(() => {
    const one = kzalloc(table)!;
    one.words[1] = 3n;
    return [one.words.$[1]!.offset, one.words.$[0]!.offset];
  });
  expect(result).toEqual([1, 0]);
});

test('masks have the bits that are named', () => {
  expect([BIT_ULL(63n), GENMASK_ULL(11n, 3n), GENMASK_ULL(0n, 0n), GENMASK_ULL(2n, 3n)]).toEqual([
    1n << 63n,
    0xff8n,
    1n,
    0n,
  ]);
});
