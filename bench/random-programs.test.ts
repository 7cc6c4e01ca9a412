// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { enginesOf, randomPrograms } from './random-programs.ts';

test('DPOR is judged under sc only, the search stage by stage under both models', () => {
  const names = (model: 'sc' | 'pso-release') => enginesOf([model]).map(({ name }) => name);
  expect(names('sc')).toEqual([...names('pso-release'), 'optimal DPOR']);
  expect(names('pso-release')).toHaveLength(7);
});

test('the last line says how many disagreements there were', () => {
  const printed: string[] = [];
  expect(randomPrograms(2, (text) => printed.push(text))).toBe(0);
  expect(printed.at(-1)).toMatch(/^2 programs, .*\n0 disagreements$/s);
});
