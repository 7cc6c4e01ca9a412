// SPDX-License-Identifier: GPL-2.0-only

import { expect, test } from 'vitest';
import { type Grown, goalText, plot } from './growth.ts';
import { growingOn, USUAL } from './sizes.ts';

const grown = (what: string, size: string, states: number, cpuMs: number): Grown => ({
  what,
  size,
  found: { states, transitions: 0, nodes: 0, cpuMs, memoryMb: 0 },
});

test('the plot has a mark for each doubling, and says what was not finished', () => {
  const all = [
    grown('vCPUs', '1v', 8, 1),
    grown('vCPUs', '2v', 1024, 32),
    { what: 'exits', size: '3f', found: null },
  ];
  expect(plot(all).split('\n').slice(1)).toEqual([
    '',
    'vCPUs',
    '  1v *** 8',
    '     + 1.0 ms',
    '  2v ********** 1,024',
    '     +++++ 32 ms',
    '',
    'exits',
    '  3f over the limit',
  ]);
});

test.each([
  [[grown('a', `${USUAL} v6.12`, 9, 1500)], /1\.50 s of one core for a mutant, within the 3\.00 s/],
  [[grown('a', `${USUAL} v6.12`, 9, 3001)], /NOT within/],
  [[{ what: 'a', size: `${USUAL} v6.12`, found: null }], /over the limit/],
  [[], /was not measured/],
])('the goal is judged, whatever was measured', (all, text) => {
  expect(goalText(all)).toMatch(text);
});

test.each(['v3.17', 'v6.12'])('the usual size is among those of %s', (era) => {
  expect(Object.values(growingOn(era)).flat()).toContain(`${USUAL} ${era}`);
});
