// SPDX-License-Identifier: GPL-2.0-only
// What does a comparison mean, if some units were compared and of others it is known that both show
// the same?

import { expect, test } from 'vitest';
import type { Comparison } from './compare.ts';
import { proofOf, UNTOLD } from './prove.ts';
import { digestOf, type Seen, type Shown, sightOf } from './sight.ts';
import { INTERNAL, SCENARIOS } from './suites.ts';
import { emptyResult, type Unit, unitName } from './unit.ts';
import type { Subjects } from './witness.ts';

const unitOf = (id: string): Unit => ({
  scenario: SCENARIOS.find((known) => known.id === id)!,
  mmio: 'ept',
  memoryModel: 'sc',
  budgetStates: null,
});
const UNIT = unitOf('mmio-cache/a-second-access-hits');
const OTHER = unitOf('ioctl/bad-arguments-are-refused');

/** Nothing is drawn, so neither system is run. */
const SUBJECTS = {} as Subjects;

const HIT = 'access(vCPU, 0x0, read) -> { kind mmio-spte, pfn 0x0 }';
const MISS = 'access(vCPU, 0x0, read) -> { kind mmio-lookup, pfn 0x0 }';

const seen = (...texts: string[]): Seen => ({ result: emptyResult(unitName(UNIT), {}), texts });
const compared = (port: Seen, mutant: Seen): Comparison => ({ unit: UNIT, port, mutant });
const shown = (...texts: string[]): Shown => ({ unit: OTHER, digest: digestOf(texts) });
const proof = (small: readonly Comparison[], same: readonly Shown[]) =>
  proofOf({ small, larger: [], same }, SUBJECTS, null);

test('a cache that the mutant never hits is lost', () => {
  const { verdict, reason } = proof([compared(seen(HIT), seen(MISS))], []);
  expect([verdict, reason]).toEqual(['lost-optimisation', 'the SPTE is never hit']);
});

test('it is not lost if both are known to hit it elsewhere', () => {
  const { verdict } = proof([compared(seen(HIT), seen(MISS))], [shown(HIT)]);
  expect(verdict).toBe('survived');
  expect(proof([compared(seen(HIT), seen(MISS))], [shown(MISS)]).verdict).toBe('lost-optimisation');
});

test('what is known to be the same counts as what was compared, by the same hash', () => {
  const both = proof([compared(seen(HIT), seen(HIT))], []);
  const known = proof([], [{ unit: UNIT, digest: digestOf([HIT]) }]);
  expect(both).toEqual(known);
  expect(both.verdict).toBe('equivalent');
  expect(proof([], [{ unit: UNIT, digest: digestOf([MISS]) }]).reason).not.toBe(known.reason);
});

test('what nobody has compared is not told', () => {
  expect(proof([], [])).toEqual({ verdict: 'survived', reason: UNTOLD, witness: null });
});

test('answers of single functions are seen inside only', () => {
  const { all, outside } = sightOf(seen(HIT, `${INTERNAL}f() -> 1`));
  expect([all.count, outside.count]).toEqual([2, 1]);
  expect(outside).toEqual(digestOf([HIT]));
  expect(all.hash).not.toBe(outside.hash);
  expect(outside.hits).toEqual(['mmio-spte']);
});
