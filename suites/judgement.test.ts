// SPDX-License-Identifier: GPL-2.0-only
// Are events told apart, and are empty checks and failing calls noticed?

import { expect, test } from 'vitest';
import { system } from '../reference/systems/v3.17.ts';
import { callsOf } from './calls.ts';
import { breaksOf } from './judgement.ts';
import { loadInvariants } from './registry.ts';
import { createSlot, deleteSlot, HOST, M, type SequentialScenario, X } from './scenario.ts';
import { runSequential } from './sequential.ts';

const invariants = await loadInvariants();
const named = (kind: string, detail: string, scenario = 'some/claim') =>
  breaksOf(invariants, 'v3.17', [{ kind, detail }], scenario).map(
    ({ invariant, isKnown }) => `${invariant} ${isKnown}`,
  );

test.each([
  ['crash', 'TypeError: x is null', 'crash false'],
  ['crash', 'Error: no progress: 1000000 turns of a loop', 'progress false'],
  ['crash', 'Error: BUG', 'no-kernel-warning false'],
  ['deadlock', 'threads wait for ever', 'progress false'],
  ['use-after-free', 'read of x', 'protected-access false'],
  ['unprotected-write', 'kvm->arch.spt[].val in f', 'protected-access false'],
  ['stale-in-window', 'vCPU cache', 'stale-in-window true'],
  ['stale-in-window', 'SPTE', 'stale-in-window false'],
])('%s (%s) breaks %s', (kind, detail, expected) => {
  expect(named(kind, detail)).toEqual([expected]);
});

test.each([
  ['mapping/a-page-named-by-userspace-is-found-by-a-reader', true],
  ['mapping/a-page-that-kvm-uses-is-where-the-slots-say.named.0v1u0f', true],
  ['mmio-cache/a-created-slot-is-seen.1v1u1f', false],
])('a reader without a section is known of %s: %s', (scenario, isKnown) => {
  const detail = 'kvm->memslots in kvm_memslots';
  expect(named('suspicious-dereference', detail, scenario)).toEqual([
    `protected-access ${isKnown}`,
  ]);
});

test('an event that no invariant is about is an error', () => {
  expect(() => named('sunshine', '')).toThrow('no invariant is about sunshine');
});

const checking = (check: SequentialScenario['check']): SequentialScenario => ({
  kind: 'sequential',
  id: 'test',
  eras: null,
  gfns: [X, M],
  host: { mmio: ['ept'] },
  check,
});

test('a scenario that checks nothing does not pass', () => {
  const { events, checked } = runSequential(
    system,
    checking(() => 0),
    'ept',
  );
  expect(checked).toBe(0);
  expect(events).toEqual([{ kind: 'crash', detail: 'Error: nothing was checked' }]);
  expect(named('crash', events[0]!.detail)).toEqual(['crash false']);
});

test('what was reported before a crash is kept', () => {
  const { events } = runSequential(
    system,
    checking(({ report }) => {
      report('progress', 'so far');
      throw new TypeError('as mutated code may');
    }),
    'ept',
  );
  expect(events.map(({ kind }) => kind)).toEqual(['progress', 'crash']);
});

test('a call that fails halfway must undo, one that fails early has nothing to undo', () => {
  const before = [createSlot(0, X)];
  const updates = [deleteSlot(0, X)];
  const host = { ...HOST, mmio: 'ept' as const };
  const summary = (changes: object) =>
    callsOf(before, updates, { ...host, ...changes }).calls.map(
      ({ result, publishes, mustUndo, after }) => [result, publishes, mustUndo, after.size],
    );
  expect(summary({})).toEqual([[0, 2, false, 0]]);
  expect(summary({ failPrepare: [2] })).toEqual([[-12, 2, true, 1]]);
  expect(summary({ failAllocations: ['memslots 1'] })).toEqual([[-12, 0, false, 1]]);
  expect(() => summary({ failPrepare: [1] })).toThrow('fails before the threads begin');
});
