// SPDX-License-Identifier: GPL-2.0-only
// What do worlds share of a struct? How it is laid out and viewed, if its arrays are as long; never
// what lies in it, nor how a world prints it.

import { expect, test } from 'vitest';
import { runDirectly } from '#explorer/run';
import { World } from '#explorer/world';
import { shownIn } from './fields.ts';
import { kzalloc } from './slab.ts';
import { array, int, type Of, struct } from './struct.ts';

const lengthIn = ({ options: { config } }: World) => (config as { length: number }).length;

const inner = struct('inner', { cells: array(lengthIn, int), end: int });
const outer = struct('outer', {
  head: shownIn(int, (world) => (value) => `${value} of ${lengthIn(world)}`),
  all: array(2, inner),
  last: inner,
});
type outer = Of<typeof outer>;

function worldOf(length: number): World {
  const config = { failAllocations: [], length };
  return new World({ threads: 1, allocator: 0, granularity: 'object', config });
}

function made(world: World): outer {
  return runDirectly(world, 0, () => kzalloc(outer)).result as unknown as outer;
}

const namesIn = (world: World) => outer.shape(world).layout.scalars.map(({ name }) => name);
const kindOf = (world: World) => Object.getPrototypeOf(made(world));

test('views are of one kind in worlds in which arrays are as long, and only in those', () => {
  const [two, other, three] = [worldOf(2), worldOf(2), worldOf(3)];
  expect(kindOf(two)).toBe(kindOf(other));
  expect(kindOf(three)).not.toBe(kindOf(two));
  expect(namesIn(other)).toEqual(namesIn(two));
  // Three arrays have one element more each.
  expect(namesIn(three)).toHaveLength(namesIn(two).length + 3);
  expect(namesIn(three)).toContain('all[1].cells[2]');
});

test('an array of a struct within ends where that of its world does', () => {
  for (const length of [1, 3, 2]) {
    const world = worldOf(length);
    const it = made(world);
    const { events } = runDirectly(world, 0, () => {
      it.all[1]!.cells[length - 1] = 7;
      it.last.cells[length] = 8;
      return it.last.cells[0];
    });
    expect(events.map(({ kind, detail }) => `${kind} ${detail}`)).toEqual([
      `out-of-bounds inner.cells[${length}] of ${length}`,
    ]);
  }
});

test('what lies in a struct, and how it is printed, is the matter of its world', () => {
  const [one, other] = [worldOf(2), worldOf(2)];
  const [a, b] = [made(one), made(other)];
  runDirectly(one, 0, () => {
    a.head = 5;
    a.last.end = 6;
  });
  const seen = runDirectly(other, 0, () => [b.head, b.last.end]).result;
  expect(seen).toEqual([0, 0]);
  const shownBy = (world: World) => outer.shape(world).layout.scalars[0]!.show(5);
  expect([one, worldOf(3)].map(shownBy)).toEqual(['5 of 2', '5 of 3']);
});
