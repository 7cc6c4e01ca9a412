// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutex, mutex_lock, mutex_unlock } from '#linux/mutex';
import { allocate, int, type Of, struct } from '#linux/struct';
import type { Program, Thread } from './program.ts';
import { rawSearch } from './raw-search.ts';
import { runDirectly } from './run.ts';
import { World } from './world.ts';

const shared = struct('shared', { x: int, y: int, lock: mutex });
type shared = Of<typeof shared>;

function program(bodies: ((s: shared) => number)[], groups?: number[]): Program {
  const world = new World({
    threads: bodies.length,
    allocator: 0,
    granularity: 'field',
    config: {},
  });
  const s = runDirectly(world, -1, () => allocate(shared, 'zero', false)).result;
  const threads: Thread[] = bodies.map((body, t) => ({
    name: `t${t}`,
    group: groups?.[t] ?? t,
    rounds: 1,
    start: [],
    round: () => [body(s)],
  }));
  return { world, threads, finale: () => [s.x, s.y] };
}

const sc = { memoryModel: 'sc', budgetStates: 1e5, wantEnds: true } as const;
const pso = { ...sc, memoryModel: 'pso-release' } as const;
const results = (ends: readonly string[]) =>
  ends.map((end) => />(\d+,\d+)/.exec(end)?.[1]).sort();

test('an unlocked increment by two threads can lose one, a locked one cannot', () => {
  const plain = rawSearch(program([(s) => (s.x += 1), (s) => (s.x += 1)]), sc);
  expect(new Set(results(plain.ends))).toEqual(new Set(['1,0', '2,0']));
  const locked = (s: shared) => {
    mutex_lock(s.lock);
    s.x += 1;
    mutex_unlock(s.lock);
    return 0;
  };
  expect(results(rawSearch(program([locked, locked]), sc).ends)).toEqual(['2,0']);
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

test('two threads that take two locks in opposite order can deadlock', () => {
  const p = program([(s) => (mutex_lock(s.lock), mutex_lock(s.lock), 0)]);
  expect(rawSearch(p, sc).events).toEqual([{ kind: 'deadlock', detail: 'threads wait for ever' }]);
});
