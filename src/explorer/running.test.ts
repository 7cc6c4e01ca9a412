// SPDX-License-Identifier: GPL-2.0-only
// How much that is wrong may a thread do between two steps, and where are guards silent?

import { expect, test } from 'vitest';
import { guarded_by } from '#linux/lock';
import { rcu, rcu_dereference_check } from '#linux/rcupdate';
import { spinlock_t } from '#linux/spinlock';
import { init_srcu_struct, srcu_dereference_check, srcu_struct } from '#linux/srcu';
import { allocate, array, int, type Of, struct, u64 } from '#linux/struct';
import { Crash, PortError, runDirectly, STRAYS_MAX, unfold } from './run.ts';
import { search } from './search.ts';
import { type Value, World } from './world.ts';

const box = struct('box', { hits: int, ids: array(2, int) });
type box = Of<typeof box>;

const newWorld = () =>
  new World({ threads: 1, allocator: 0, granularity: 'field', config: { failAllocations: [] } });

const STRAY = { kind: 'out-of-bounds', detail: 'box.ids[2] of 2' };
const TOO_MANY = 'no progress: 64 accesses outside of an array at once';

/** Reads behind the end of the array, where C would read something else. */
function stray(s: box, times: number): void {
  for (let i = 0; i < times; i++) expect(s.ids[2]).toBe(0);
}

test('64 accesses outside of an array are events, and the next one is a crash', () => {
  expect(STRAYS_MAX).toBe(64);
  const world = newWorld();
  const run = (times: number) =>
    runDirectly(world, -1, () => stray(allocate(box, 'zero', false), times));
  expect(run(64).events).toEqual(Array(64).fill(STRAY));
  expect(() => run(65)).toThrow(new Crash(TOO_MANY));
});

test('an index that was never set is a crash, a name that is none is an error of ours', () => {
  const asked = (key: string) => () =>
    runDirectly(newWorld(), -1, () => {
      const { ids } = allocate(box, 'zero', false);
      return (ids as unknown as Record<string, unknown>)[key];
    });
  expect(asked('undefined')).toThrow(new Crash('box.ids[] of a number not set'));
  expect(asked('NaN')).toThrow(Crash);
  expect(asked('lenght')).toThrow(new PortError('an array in memory has no lenght'));
});

test('accesses outside of an array are counted anew after each step', () => {
  const world = newWorld();
  const s = runDirectly(world, -1, () => allocate(box, 'zero', false)).result;
  const strays = (first: number, second: number) => () => {
    stray(s, first);
    const hits = s.hits;
    stray(s, second);
    return [hits];
  };
  const ran = (code: () => readonly Value[], ...history: Value[]) => {
    const { events, crash } = unfold(world, 0, 0, history, code);
    return [events.length, crash];
  };
  expect(ran(strays(64, 64))).toEqual([64, null]);
  expect(ran(strays(64, 64), 0)).toEqual([64, null]);
  expect(ran(strays(64, 65), 0)).toEqual([65, `Error: ${TOO_MANY}`]);
  const guessed = unfold(world, 0, 0, [], strays(64, 64), false, null, () => world.intern(0));
  expect([guessed.crash, guessed.chain.length, guessed.events.length]).toEqual([null, 1, 64]);
});

const shared = struct('shared', {
  set: rcu(() => box, 'srcu', 'lock'),
  val: guarded_by(u64, 'lock'),
  lock: spinlock_t,
  srcu: srcu_struct,
});
type shared = Of<typeof shared>;

/** Breaks all guards that there are. */
function intrude(s: shared): void {
  s.val = 1n;
  const p = s.set;
  rcu_dereference_check(p, false);
  srcu_dereference_check(p, s.srcu, false);
}

const GUARDS = [
  'suspicious-dereference',
  'suspicious-dereference',
  'suspicious-dereference',
  'unprotected-write',
];

test('guards are silent in boot, and speak in a thread and in the finale', () => {
  const world = newWorld();
  const boot = (isIntruder: boolean) => () => {
    const made = allocate(shared, 'zero', false);
    init_srcu_struct(made.srcu);
    if (isIntruder) intrude(made);
    return made;
  };
  const booted = runDirectly(world, -1, boot(true), { isBoot: true });
  expect(booted.events).toEqual([]);
  const s = booted.result;
  const kindsOf = (inThread: boolean, inFinale: boolean) => {
    const program = {
      world,
      threads: [
        {
          name: 't',
          group: 0,
          rounds: 1,
          start: [],
          round: () => {
            if (inThread) intrude(s);
            return [];
          },
        },
      ],
      finale: () => {
        if (inFinale) intrude(s);
        return [];
      },
    };
    const options = { memoryModel: 'sc', budgetStates: 1000, wantEnds: false } as const;
    return search(program, options).events.map(({ kind }) => kind);
  };
  const once = [...new Set(GUARDS)];
  expect(kindsOf(false, false)).toEqual([]);
  expect(kindsOf(true, false).sort()).toEqual(expect.arrayContaining(once));
  expect(kindsOf(false, true).sort()).toEqual(expect.arrayContaining(once));
  // Outside of boot, code that runs at once is watched like any other: all four are reported.
  const direct = runDirectly(world, -1, () => intrude(s)).events.map(({ kind }) => kind);
  expect(direct.sort()).toEqual(GUARDS);
});
