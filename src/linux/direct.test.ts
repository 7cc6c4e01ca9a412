// SPDX-License-Identifier: GPL-2.0-only
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runDirectly } from '#explorer/run';
import { World } from '#explorer/world';
import { kfree, kzalloc } from './slab.ts';
import { static_object } from './static.ts';
import { array, int, type Of, pointer, s16, struct, u64 } from './struct.ts';

const point = struct('point', { x: u64, n: int });
const box = struct('kvm_box', {
  size: u64,
  points: array(2, point),
  ids: array(3, s16),
  first: pointer(() => point),
});
type box = Of<typeof box>;

interface Op {
  readonly which: number;
  readonly what: 'load' | 'store' | 'free' | 'link';
  readonly at: number;
  readonly value: number;
}

const OPS = fc.array(
  fc.record({
    which: fc.nat(2),
    what: fc.constantFrom<Op['what']>('load', 'load', 'store', 'store', 'store', 'free', 'link'),
    at: fc.nat(3),
    value: fc.nat(70_000),
  }),
  { maxLength: 40 },
);

/** Performs the operations and tells all that they saw, all events, and memory at the end. */
function told(ops: readonly Op[], granularity: 'object' | 'field', wantTrace: boolean): unknown {
  const world = new World({
    threads: 1,
    allocator: 0,
    granularity,
    config: { failAllocations: [] },
  });
  const saw: unknown[] = [];
  const code = () => {
    const boxes = [static_object(box), kzalloc(box) as box, kzalloc(box) as box];
    for (const { which, what, at, value } of ops) {
      const b = boxes[which]!;
      if (what === 'free') kfree(which === 0 ? null : b);
      else if (what === 'link') b.first = boxes[at]?.points[0] ?? null;
      else if (what === 'load')
        saw.push(b.size, b.points[at % 2]!.x, b.ids[at % 3], b.first === b.points[0]);
      else if (at === 0) b.size = BigInt(value);
      else if (at === 1) b.points[value % 2]!.n = value;
      else b.ids[value % 3] = value;
    }
  };
  const { events } = runDirectly(world, 0, code, { wantTrace });
  return { saw, events, memory: world.memory.map((id) => world.table.stableText(id)) };
}

test.each(['object', 'field'] as const)(
  'loads and stores that nobody watches do what their steps do, with %s cells',
  (granularity) => {
    fc.assert(
      fc.property(OPS, (ops) => {
        expect(told(ops, granularity, false)).toEqual(told(ops, granularity, true));
      }),
    );
  },
);

test('an access of memory is counted, watched or not', () => {
  const counted = (wantTrace: boolean) => {
    const world = new World({
      threads: 1,
      allocator: 0,
      granularity: 'field',
      config: { failAllocations: [] },
    });
    runDirectly(world, 0, () => ((kzalloc(box) as box).size += 1n), { wantTrace });
    return world.accesses;
  };
  expect(counted(false)).toBe(counted(true));
  expect(counted(false)).toBeGreaterThan(1);
});
