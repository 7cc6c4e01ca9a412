// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutex, mutex_lock, mutex_unlock } from '#linux/mutex';
import { allocate, int, type Of, struct } from '#linux/struct';
import type { Program, Thread } from './program.ts';
import { rawSearch } from './raw-search.ts';
import { Crash, emit, runDirectly } from './run.ts';
import { BUFFER_DEPTH } from './store-buffers.ts';
import { World } from './world.ts';

const shared = struct('shared', { x: int, y: int, lock: mutex, other: mutex });
type shared = Of<typeof shared>;

function program(bodies: ((s: shared) => number)[], rounds = 1): Program {
  const world = new World({
    threads: bodies.length,
    allocator: 0,
    granularity: 'field',
    config: {},
  });
  const s = runDirectly(world, -1, () => allocate(shared, 'zero', false)).result;
  const threads: Thread[] = bodies.map((body, t) => ({
    name: `t${t}`,
    group: t,
    rounds,
    start: [],
    round: () => [body(s)],
  }));
  return { world, threads, finale: () => [s.x, s.y] };
}

const sc = { memoryModel: 'sc', budgetStates: 1e5, wantEnds: true } as const;
const pso = { ...sc, memoryModel: 'pso-release' } as const;
const atRest = (ends: readonly string[]) => ends.map((end) => />(-?\d+,-?\d+)/.exec(end)?.[1]);
const deadlock = { kind: 'deadlock', detail: 'threads wait for ever' };

const increment = (s: shared) => (s.x += 1);
const locked = (s: shared) => {
  mutex_lock(s.lock);
  s.x += 1;
  mutex_unlock(s.lock);
  return 0;
};

test('an unlocked increment by two threads can lose one, a locked one cannot', () => {
  const plain = rawSearch(program([increment, increment]), sc);
  expect(new Set(atRest(plain.ends))).toEqual(new Set(['1,0', '2,0']));
  expect(atRest(rawSearch(program([locked, locked]), sc).ends)).toEqual(['2,0']);
});

test('store buffering: both threads can read 0 under pso-release and not under sc', () => {
  const a = (s: shared) => {
    s.x = 1;
    return s.y;
  };
  const b = (s: shared) => {
    s.y = 1;
    return s.x;
  };
  const both0 = (ends: readonly string[]) => ends.some((e) => /0:0>.* 1:0>/.test(e));
  expect(both0(rawSearch(program([a, b]), sc).ends)).toBe(false);
  expect(both0(rawSearch(program([a, b]), pso).ends)).toBe(true);
});

test('a thread reads its own buffered store, and stores to one field stay in order', () => {
  const writer = (s: shared) => {
    s.x = 1;
    s.x = 2;
    return s.x;
  };
  const found = rawSearch(program([writer, (s) => s.x * 10 + s.x]), pso);
  expect(found.ends.every((end) => end.includes('0:2>'))).toBe(true);
  const reads = new Set(found.ends.map((end) => / 1:(\d+)>/.exec(end)?.[1]));
  expect(reads).toEqual(new Set(['0', '1', '2', '11', '12', '22']));
});

test('an end is an end only when all store buffers are empty', () => {
  const writer = (s: shared) => {
    s.x = 1;
    s.y = 1;
    return 0;
  };
  expect(atRest(rawSearch(program([writer]), pso).ends)).toEqual(['1,1']);
});

test('a store buffer holds BUFFER_DEPTH stores and a further store waits', () => {
  const stores = (count: number) => (s: shared) => {
    for (let i = 1; i <= count; i++) s.x = i;
    s.y = 1;
    return 0;
  };
  const behind = (count: number) => {
    const { ends } = rawSearch(program([stores(count), (s) => s.y * 10 + s.x]), pso);
    return new Set(ends.map((end) => / 1:(\d+)>/.exec(end)?.[1]));
  };
  // With room for all, y can be seen while x is still 0; with one store too many it cannot.
  expect(behind(BUFFER_DEPTH - 1)).toContain('10');
  expect(behind(BUFFER_DEPTH)).not.toContain('10');
});

test('a thread that takes a lock which it holds waits for ever', () => {
  const twice = (s: shared) => {
    mutex_lock(s.lock);
    mutex_lock(s.lock);
    return 0;
  };
  expect(rawSearch(program([twice]), sc).events).toEqual([deadlock]);
});

test('two locks taken in opposite order can deadlock, taken in one order they cannot', () => {
  const both = (first: 'lock' | 'other', second: 'lock' | 'other') => (s: shared) => {
    mutex_lock(s[first]);
    mutex_lock(s[second]);
    mutex_unlock(s[second]);
    mutex_unlock(s[first]);
    return 0;
  };
  const opposite = rawSearch(program([both('lock', 'other'), both('other', 'lock')]), sc);
  expect(opposite.events).toEqual([deadlock]);
  expect(opposite.endCount).toBe(2);
  const same = rawSearch(program([both('lock', 'other'), both('lock', 'other')]), sc);
  expect(same.events).toEqual([]);
});

test('a thread that crashes inside a lock is a crash and not a deadlock', () => {
  const crashing = (s: shared): number => {
    mutex_lock(s.lock);
    throw new Crash('BUG');
  };
  const { events } = rawSearch(program([crashing, locked]), sc);
  expect(events).toEqual([{ kind: 'crash', detail: 'Error: BUG' }]);
});

test('an event of one thread is reported although another thread never shows it', () => {
  const warns = (s: shared) => {
    if (s.x === 1) emit('WARN', 'saw 1');
    return 0;
  };
  expect(rawSearch(program([increment, warns]), sc).events).toEqual([
    { kind: 'WARN', detail: 'saw 1' },
  ]);
});

test('rounds are run one after the other, and each forgets what it did not carry', () => {
  const found = rawSearch(program([increment, increment], 2), sc);
  expect(new Set(atRest(found.ends))).toEqual(new Set(['2,0', '3,0', '4,0']));
});

test('a search that runs out of its budget of states says that it is not complete', () => {
  const found = rawSearch(program([increment, increment]), { ...sc, budgetStates: 3 });
  expect(found.isComplete).toBe(false);
  expect(rawSearch(program([increment, increment]), sc).isComplete).toBe(true);
});
