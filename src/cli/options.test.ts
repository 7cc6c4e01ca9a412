// SPDX-License-Identifier: GPL-2.0-only
// Which scenarios does a name stand for?

import { expect, test } from 'vitest';
import { claimOf, SCENARIOS } from '#lab/suites';
import { UserError } from '#user-error';
import { scenariosNamed } from './options.ts';

const USED = 'mapping/a-page-that-kvm-uses-is-where-the-slots-say';

const idsOf = (name: string) => scenariosNamed(name).map(({ id }) => id);

test('a whole id stands for one scenario', () => {
  for (const { id } of SCENARIOS) expect(idsOf(id)).toContain(id);
  expect(idsOf(`${USED}.deleted.0v1u0f`)).toEqual([`${USED}.deleted.0v1u0f`]);
});

test('a claim stands for all of its sizes, and a variant for all of its own', () => {
  for (const { id } of SCENARIOS) expect(idsOf(claimOf(id))).toContain(id);
  expect(idsOf(`${USED}.deleted`)).toEqual([`${USED}.deleted.0v1u0f`]);
  expect(idsOf(USED).every((id) => claimOf(id) === USED)).toBe(true);
});

test('half a name stands for nothing', () => {
  expect(() => idsOf('mmio-cache/a-created-slot')).toThrow(UserError);
  expect(() => idsOf('')).toThrow(UserError);
});
