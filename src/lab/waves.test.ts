// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { type CostedUnit, wavesOf } from './waves.ts';

/** Units whose costs are given in seconds, by claim. */
function units(costs: readonly (readonly [claim: string, seconds: number])[]): CostedUnit[] {
  return costs.map(([claim, seconds], index) => ({ index, claim, cost: seconds * 1e6 }));
}

const indices = (waves: readonly (readonly CostedUnit[])[]) =>
  waves.map((wave) => wave.map(({ index }) => index));

test('cheap units come first, and each wave costs about as much as all before it', () => {
  const costs = [0.04, 0.005, 0.01, 0.004, 0.1, 0.02].map((cost, i) => [`${i}`, cost] as const);
  expect(indices(wavesOf(units(costs), 'operator'))).toEqual([[3, 1], [2], [5], [0], [4]]);
});

test('every claim is tried once before any is tried a second time', () => {
  const costs = [
    ['a', 0.01],
    ['a', 0.02],
    ['b', 0.5],
    ['b', 0.03],
    ['c', 0.04],
  ] as const;
  expect(indices(wavesOf(units(costs), 'operator')).flat()).toEqual([0, 3, 4, 1, 2]);
});

test('units of one cost stay in their order, and none is lost', () => {
  const costs = Array.from({ length: 30 }, (_, i) => [`${i}`, 0.03] as const);
  expect(indices(wavesOf(units(costs), 'regression')).flat()).toEqual(costs.map((_, i) => i));
  expect(wavesOf([], 'operator')).toEqual([]);
});

test('a control is spared what is dear, but is run in one unit at least', () => {
  const costs = [1, 0.08, 0.05, 3].map((cost, i) => [`${i}`, cost] as const);
  expect(indices(wavesOf(units(costs), 'control')).flat()).toEqual([2, 1]);
  expect(indices(wavesOf(units([['a', 9]]), 'control'))).toEqual([[0]]);
});
