// SPDX-License-Identifier: GPL-2.0-only
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distinctRows, dominators, isWithin, onlyBy, type Row } from './kills.ts';
import { leastCover } from './minimal-suite.ts';

const row = (id: string, ...ways: string[]): Row => ({ id, ways: new Set(ways) });

test('a mutant that dies of everything that another dies of is dominated by it', () => {
  const rows = [row('easy', 'a', 'b', 'c'), row('hard', 'b'), row('other', 'c', 'd')];
  expect(dominators(rows).map(({ id }) => id)).toEqual(['hard', 'other']);
});

test('mutants that die alike are one dominator, the first of them', () => {
  const rows = [row('first', 'a', 'b'), row('second', 'b', 'a')];
  expect(distinctRows(rows)).toHaveLength(1);
  expect(dominators(rows).map(({ id }) => id)).toEqual(['first']);
});

test('what only one way notices is listed under it', () => {
  const only = onlyBy([row('x', 'a'), row('y', 'a', 'b'), row('z', 'a')]);
  expect([...only].map(([way, rows]) => [way, rows.map(({ id }) => id)])).toEqual([
    ['a', ['x', 'z']],
  ]);
});

test('three rows in a ring need two ways, though each way is in two of them', () => {
  const ring = [row('x', 'a', 'b'), row('y', 'b', 'c'), row('z', 'c', 'a')];
  expect(leastCover(ring)).toEqual({ ways: ['a', 'b'], isLeast: true });
});

test('where the greedy choice is too large, the least cover is found', () => {
  // Greedy takes `g`, which four rows have, and then needs two more.
  const rows = [
    row('1', 'g', 'a'),
    row('2', 'g', 'a'),
    row('3', 'g', 'b'),
    row('4', 'g', 'b'),
    row('5', 'a'),
    row('6', 'b'),
  ];
  expect(leastCover(rows).ways).toEqual(['a', 'b']);
});

const someRows = fc
  .array(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { minLength: 1 }), {
    maxLength: 8,
  })
  .map((all) => all.map((ways, i) => row(`m${i}`, ...ways)));

test('a least cover notices every row, and no smaller set of ways does', () => {
  const all = ['a', 'b', 'c', 'd', 'e', 'f'];
  const subsets = Array.from({ length: 64 }, (_, bits) => all.filter((_, i) => bits & (1 << i)));
  fc.assert(
    fc.property(someRows, (rows) => {
      const covers = (ways: readonly string[]) =>
        rows.every((r) => ways.some((way) => r.ways.has(way)));
      const { ways, isLeast } = leastCover(rows);
      const least = Math.min(...subsets.filter(covers).map(({ length }) => length));
      return isLeast && covers(ways) && ways.length === least;
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('every row has all ways of some dominator', () => {
  fc.assert(
    fc.property(someRows, (rows) => {
      const hard = dominators(rows);
      return rows.every((r) => hard.some(({ ways }) => isWithin(ways, r.ways)));
    }),
    { seed: 1, numRuns: 300 },
  );
});
