// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { memoOf, withNew } from './memo.ts';
import type { Scenario } from './suites.ts';
import { emptyResult, orderOf, type Unit, unitName } from './unit.ts';

const unit = (budgetStates: number | null): Unit => ({
  scenario: { id: 'area/claim' } as Scenario,
  mmio: 'ept',
  memoryModel: 'sc',
  budgetStates,
});

function runOf(budgetStates: number | null, reason: string) {
  const order = { ...unitName(unit(budgetStates)), budgetStates };
  return { unit: order, result: emptyResult(order, { reason }) };
}

test('a unit is run once for each budget, and not at all if that is known', () => {
  const asked: (number | null)[] = [];
  const memo = memoOf([runOf(5, 'known')], (one) => {
    asked.push(one.budgetStates);
    return emptyResult(unitName(one), { reason: 'run' });
  });
  expect(memo.run(unit(5)).reason).toBe('known');
  expect(memo.run(unit(6)).reason).toBe('run');
  expect(memo.run(unit(null)).reason).toBe('run');
  expect(asked).toEqual([6, null]);
  expect(memo.ran.map((one) => one.unit.budgetStates)).toEqual([6, null]);
});

test('a unit that was tried with few nodes is another run', () => {
  const known = { ...unit(5), closureNodes: 9 };
  const memo = memoOf([{ unit: orderOf(known), result: runOf(5, 'known').result }], (one) =>
    emptyResult(unitName(one), { reason: 'run' }),
  );
  expect([memo.run(known).reason, memo.run(unit(5)).reason]).toEqual(['known', 'run']);
});

test('what is new joins what is known, and takes its place', () => {
  const both = withNew([runOf(5, 'old'), runOf(6, 'old')], [runOf(5, 'new'), runOf(null, 'new')]);
  expect(both.map(({ unit: { budgetStates }, result }) => [budgetStates, result.reason])).toEqual([
    [5, 'new'],
    [6, 'old'],
    [null, 'new'],
  ]);
});
