// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { smp_mb } from '#linux/barrier';
import { mutex_lock, mutex_unlock } from '#linux/mutex';
import { srcu_read_lock, srcu_read_unlock, synchronize_srcu } from '#linux/srcu';
import { bruteForce } from './brute-force.ts';
import { type DporOptions, optimalDpor } from './dpor.ts';
import { type Litmus, programOf } from './litmus/litmus.ts';
import { checkRandomPrograms, type Engine } from './random-programs.ts';
import type { arena } from './random-statements.ts';
import { rawSearch } from './raw-search.ts';

const options: DporOptions = { budgetExecutions: 1e5, budgetSteps: 1e7, wantEnds: true };

type Body = (s: arena) => number | undefined;

function programWith(bodies: readonly Body[]) {
  const threads: Litmus['threads'] = bodies.map((body) => (s: arena) => [body(s) ?? 0]);
  return programOf({ threads, outcomes: { sc: [], 'pso-release': [] }, bad: '' });
}

/** How many executions it runs; all it finds is held against brute force and the plain search. */
function executions(...bodies: Body[]): number {
  const dpor = optimalDpor(programWith(bodies), options);
  const brute = bruteForce(programWith(bodies), {
    memoryModel: 'sc',
    budgetInterleavings: 1e6,
    wantEnds: true,
  });
  const raw = rawSearch(programWith(bodies), {
    memoryModel: 'sc',
    budgetStates: 1e6,
    wantEnds: true,
  });
  expect(dpor.isComplete && brute.isComplete && raw.isComplete).toBe(true);
  expect(dpor.ends).toEqual(brute.ends);
  expect(dpor.ends).toEqual(raw.ends);
  expect(dpor.endCount).toBe(raw.endCount);
  expect(dpor.events).toEqual(raw.events);
  expect(dpor.counts.executions).toBe(brute.traces);
  expect(dpor.blockedExecutions).toBe(0);
  return dpor.counts.executions;
}

const set = (field: 'x' | 'y' | 'z', value: number) => (s: arena) => {
  s[field] = value;
  return 0;
};
const get = (field: 'x' | 'y' | 'z') => (s: arena) => s[field];

test('threads that touch different fields, or only read, have one order', () => {
  expect(executions(set('x', 1), set('y', 1), set('z', 1))).toBe(1);
  expect(executions(get('x'), get('x'), get('x'))).toBe(1);
  expect(executions(() => 0, set('x', 1))).toBe(1);
});

test('writes of three values by three threads have six orders', () => {
  expect(executions(set('x', 1), set('x', 2), set('x', 3))).toBe(6);
});

test('a store of the value that a field already has is a read', () => {
  expect(executions(set('x', 0), get('x'))).toBe(1);
  expect(executions(set('x', 0), set('x', 0))).toBe(1);
  expect(executions(set('x', 0), set('x', 1))).toBe(2);
  // Which of the two is the change follows from their order, so there are two orders.
  expect(executions(set('x', 1), set('x', 1))).toBe(2);
});

test('the writer and readers of the POPL 2014 paper have four orders', () => {
  const readThen = (field: 'y' | 'z') => (s: arena) => {
    const other = s[field];
    return other + s.x;
  };
  expect(executions(set('x', 1), readThen('y'), readThen('z'))).toBe(4);
});

test('sections of one lock have one order for each order of the threads', () => {
  const locked = (s: arena) => {
    mutex_lock(s.lock);
    mutex_unlock(s.lock);
    return 0;
  };
  expect(executions(locked, locked)).toBe(2);
  expect(executions(locked, locked, locked)).toBe(6);
});

test('a thread that waits for ever at the end still races with what it waits for', () => {
  const keeps = (s: arena) => {
    mutex_lock(s.lock);
    return 0;
  };
  expect(executions(keeps, keeps)).toBe(2);
  expect(executions(keeps, keeps, keeps)).toBe(3);
});

test('two locks taken in opposite order end in a deadlock in one order of three', () => {
  const both = (first: 'lock' | 'other', second: 'lock' | 'other') => (s: arena) => {
    mutex_lock(s[first]);
    mutex_lock(s[second]);
    mutex_unlock(s[second]);
    mutex_unlock(s[first]);
    return 0;
  };
  expect(executions(both('lock', 'other'), both('other', 'lock'))).toBe(3);
});

test('the end of a grace period is enabled by an unlock and races with no unlock', () => {
  const reader = (s: arena) => {
    const idx = srcu_read_lock(s.srcu);
    srcu_read_unlock(s.srcu, idx);
    return 0;
  };
  const updater = (s: arena) => {
    synchronize_srcu(s.srcu);
    return 0;
  };
  // The beginning comes before, inside or after the section.
  expect(executions(reader, updater)).toBe(3);
  expect(executions(reader, reader, updater)).toBe(9);
});

test('a barrier alone adds no order under sc', () => {
  const stored = (s: arena) => {
    s.x = 1;
    smp_mb();
    return s.y;
  };
  expect(executions(stored, get('z'))).toBe(1);
});

test('a budget of executions or of steps that runs out is said', () => {
  const bodies = [set('x', 1), set('x', 2), set('x', 3)];
  const run = (more: Partial<DporOptions>) =>
    optimalDpor(programWith(bodies), { ...options, ...more });
  expect(run({ budgetExecutions: 5 })).toMatchObject({
    isComplete: false,
    counts: { executions: 5 },
  });
  expect(run({ budgetExecutions: 6 })).toMatchObject({
    isComplete: true,
    counts: { executions: 6 },
  });
  const { transitions } = run({}).counts;
  expect(run({ budgetSteps: transitions }).isComplete).toBe(true);
  expect(run({ budgetSteps: transitions - 1 }).isComplete).toBe(false);
});

test('400 random programs run once in each of their orders, and no execution is in vain', () => {
  let blocked = 0;
  const engine: Engine = {
    name: 'optimal-dpor',
    memoryModel: 'sc',
    countsTraces: true,
    explore: (program) => {
      const outcome = optimalDpor(program, options);
      blocked += outcome.blockedExecutions;
      return outcome;
    },
  };
  const check = checkRandomPrograms(400, [engine]);
  expect(check.disagreements).toEqual([]);
  expect(blocked).toBe(0);
  expect(check.bruteForced.sc).toBeGreaterThan(300);
});
