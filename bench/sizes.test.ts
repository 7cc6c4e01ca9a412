// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { sizeOf } from '../suites/scenario.ts';
import { measure } from './measure.ts';
import { COMPARED, GROWING, growingOn, scenarioOf } from './sizes.ts';

test('every size that is measured names a scenario of that size', () => {
  const grown = [GROWING, growingOn('v3.16'), growingOn('v3.17')];
  const sizes = [...COMPARED, ...grown.flatMap((sizes) => Object.values(sizes).flat())];
  for (const size of sizes) expect(sizeOf(scenarioOf(size))).toBe(size.split(' ')[0]);
  expect(sizes.length).toBeGreaterThan(20);
});

test('a size whose updates do not fit its number is refused', () => {
  expect(() => scenarioOf('2v2u2f c')).toThrow('no such size: 2v2u2f c');
  expect(() => scenarioOf('2v1u2f')).toThrow('no such size: 2v1u2f');
});

test('a size may name slots, address spaces and an era', () => {
  const { before, exitsInSmm, eras } = scenarioOf('2v1u3f c 2s 2a v3.16');
  expect([before.length, exitsInSmm, eras]).toEqual([2, [1], ['v3.16']]);
  expect(() => scenarioOf('2v1u1f c v1.0')).toThrow('no such size');
});

test('the first time of a process is kept apart from the later ones', async () => {
  const once = await measure('1v1u1f c', 1);
  expect(once.warmMs).toBeNull();
  expect(once.states).toBeGreaterThan(5);
  expect(once.coldMs).toBeGreaterThan(once.searchMs);
  const twice = await measure('1v1u1f c', 2);
  expect(twice.states).toBe(once.states);
  expect(twice.warmMs).toBeGreaterThan(0);
});
