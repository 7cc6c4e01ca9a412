// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { runDirectly, unfold } from '#explorer/run';
import { World } from '#explorer/world';
import { BUG_ON, WARN_ON } from './bug.ts';
import { kfree, kmemdup, kzalloc } from './slab.ts';
import { array, int, type Of, s16, struct, u64 } from './struct.ts';

const point = struct('point', { x: u64, n: int });
const box = struct('kvm_box', { size: u64, points: array(2, point), ids: array(3, s16) });
type box = Of<typeof box>;

function world(): World {
  return new World({
    threads: 1,
    allocator: 0,
    granularity: 'object',
    config: { failAllocations: [] },
  });
}

test('a field of memory reads back what was written, at its width', () => {
  const w = world();
  const { result } = runDirectly(w, -1, () => {
    const b = kzalloc(box) as box;
    b.size = -150n;
    b.points[1]!.x = 5n;
    b.ids[2] = 65_535;
    const copy = kmemdup(b) as box;
    kfree(b);
    return [copy.size, copy.points[1]!.x, copy.ids[2], copy.points[0]!.n];
  });
  expect(result).toEqual([(1n << 64n) - 150n, 5n, -1, 0]);
});

test('a read of freed memory is an event', () => {
  const w = world();
  const { events } = runDirectly(w, -1, () => {
    const b = kzalloc(box) as box;
    kfree(b);
    kfree(b);
    b.size = 3n;
    return b.points[0]!.x;
  });
  expect(events.map((e) => e.kind)).toEqual(['double-free', 'use-after-free', 'use-after-free']);
});

test('what was never allocated cannot be freed, and freeing nothing is no event', () => {
  const w = world();
  const { events } = runDirectly(w, -1, () => {
    const b = kzalloc(box) as box;
    kfree(null);
    kfree(b.points[1]!);
    kfree(box.local());
    b.size = 3n;
  });
  const badFree = { kind: 'bad-free', detail: 'kfree() of something that was not allocated' };
  expect(events).toEqual([badFree, badFree]);
});

test('an allocation that the run says fails gives no memory, and the others do', () => {
  const w = new World({
    threads: 1,
    allocator: 0,
    granularity: 'object',
    config: { failAllocations: ['box 0a'] },
  });
  const { result } = runDirectly(w, -1, () =>
    [kzalloc(box), kzalloc(box), kzalloc(box)].map((b) => b !== null),
  );
  expect(result).toEqual([true, false, true]);
});

test('WARN_ON() is an event and goes on, BUG_ON() is an event and ends the thread', () => {
  const code = (bug: boolean) => () => [WARN_ON(true), WARN_ON(false), BUG_ON(bug)].length > 0;
  const told = (bug: boolean) => {
    const { events, crash } = unfold(world(), 0, 0, [], () => [code(bug)()]);
    return [...events.map(({ kind }) => kind), crash];
  };
  expect(told(false)).toEqual(['WARN', null]);
  expect(told(true)).toEqual(['WARN', 'BUG', 'Error: BUG']);
});

test('a thread unfolds step by step from what it has observed', () => {
  const w = world();
  const b = runDirectly(w, -1, () => kzalloc(box) as box).result;
  const code = () => {
    b.size += 1n;
    return [b.size];
  };
  expect(unfold(w, 0, 0, [], code).next?.describe().text).toBe('box 0->size -> %');
  expect(unfold(w, 0, 0, [7n], code).next?.describe().text).toBe('box 0->size := 8');
  expect(unfold(w, 0, 0, [7n, undefined, 9n], code).result).toEqual([9n]);
});
