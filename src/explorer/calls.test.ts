// SPDX-License-Identifier: GPL-2.0-only
// Is a call known again by what it did, and is everything noticed in which other code differs?

import { expect, test } from 'vitest';
import { guarded_by } from '#linux/lock';
import { spin_lock, spin_unlock, spinlock_t } from '#linux/spinlock';
import { allocate, int, type Of, struct, u64 } from '#linux/struct';
import { type Deed, isDoneAgain, recordCall, type Scene } from './calls.ts';
import {
  Crash,
  currentThread,
  emit,
  leaveMark,
  nextAllocation,
  runDirectly,
  spendFuel,
} from './run.ts';
import { World } from './world.ts';

const box = struct('box', { hits: int, val: guarded_by(u64, 'lock'), lock: spinlock_t });
type box = Of<typeof box>;

const newWorld = () =>
  new World({ threads: 1, allocator: 0, granularity: 'field', config: { failAllocations: [] } });

interface Made {
  readonly scene: Scene;
  readonly deed: Deed;
  readonly result: unknown;
}

/** Runs code as one call of a thread, with what comes before it. */
function called(code: (s: box) => unknown, before: (s: box) => void = () => {}): Made & { s: box } {
  const world = newWorld();
  const s = runDirectly(world, -1, () => allocate(box, 'zero', false), { isBoot: true }).result;
  const { result } = runDirectly(world, 0, () => {
    before(s);
    const recording = recordCall()!;
    try {
      const result = code(s);
      return { scene: recording.scene, deed: recording.deed(), result };
    } finally {
      recording.end();
    }
  });
  return { ...result, s };
}

const again = ({ scene, deed, result, s }: Made & { s: box }, code: (s: box) => unknown) =>
  isDoneAgain(scene, deed, () => {
    try {
      return code(s) === result;
    } catch {
      return false;
    }
  });

/** Reads, counts, reports. */
function visit(s: box): number {
  const hits = s.hits;
  s.hits = hits + 1;
  if (hits > 1) emit('WARN', 'often');
  leaveMark('visited');
  return hits;
}

test('a call is done again without the memory of its moment', () => {
  const made = called(visit);
  made.s satisfies box;
  expect(again(made, visit)).toBe(true);
  expect(again(made, visit)).toBe(true);
});

test('what was observed then is handed out, whatever the memory holds now', () => {
  const made = called(visit, (s) => {
    s.hits = 7;
  });
  expect(made.result).toBe(7);
  expect(made.deed.events).toBe('WARN\toften');
  runDirectly(made.scene.world, 0, () => {
    made.s.hits = 0;
  });
  expect(again(made, visit)).toBe(true);
});

const OTHERS: readonly [string, (s: box) => unknown][] = [
  [
    'another value is stored',
    (s) => {
      const hits = s.hits;
      s.hits = hits + 2;
      leaveMark('visited');
      return hits;
    },
  ],
  ['a load more', (s) => visit(s) + 0 * s.hits],
  [
    'a step less',
    (s) => {
      leaveMark('visited');
      return s.hits;
    },
  ],
  ['another answer', (s) => visit(s) + 1],
  [
    'another event',
    (s) => {
      emit('WARN', 'once');
      return visit(s);
    },
  ],
  [
    'no mark',
    (s) => {
      const hits = s.hits;
      s.hits = hits + 1;
      return hits;
    },
  ],
  [
    'another mark',
    (s) => {
      const hits = s.hits;
      s.hits = hits + 1;
      leaveMark('seen');
      return hits;
    },
  ],
  [
    'a turn of a loop',
    (s) => {
      spendFuel();
      return visit(s);
    },
  ],
  [
    'a name for an allocation',
    (s) => {
      nextAllocation('box');
      return visit(s);
    },
  ],
  [
    'a lock that is kept',
    (s) => {
      const hits = visit(s);
      spin_lock(s.lock);
      return hits;
    },
  ],
  [
    'a crash',
    (s) => {
      visit(s);
      throw new Crash('no');
    },
  ],
  [
    'the token is taken',
    (s) => {
      try {
        return s.lock === null ? 0 : Number(s.val) + visit(s);
      } catch {
        return 0;
      }
    },
  ],
];

test.each(OTHERS)('it is noticed: %s', (_, code) => {
  expect(again(called(visit), code)).toBe(false);
});

test('locks that are held are held again, and the thread is the same', () => {
  const write = (s: box) => {
    s.val = 1n;
    return currentThread();
  };
  const held = called(write, (s) => spin_lock(s.lock));
  expect(held.deed.events).toBe('');
  expect(again(held, write)).toBe(true);
  const free = called(write);
  expect(free.deed.events).toContain('unprotected-write');
  expect(again(free, write)).toBe(true);
  // With the lock of the other one nothing is reported.
  expect(again({ ...free, scene: held.scene, s: held.s }, write)).toBe(false);
});

test('a lock that is dropped inside is not held at the end', () => {
  const drop = (s: box) => spin_unlock(s.lock);
  const made = called(drop, (s) => spin_lock(s.lock));
  expect(made.deed.held).toBe('');
  expect(again(made, drop)).toBe(true);
  expect(again(made, () => undefined)).toBe(false);
});

test('a call inside of a call has the end of its log, and the outer one has all of it', () => {
  const world = newWorld();
  const s = runDirectly(world, -1, () => allocate(box, 'zero', false), { isBoot: true }).result;
  const [outer, inner] = runDirectly(world, 0, () => {
    const first = recordCall()!;
    visit(s);
    const second = recordCall()!;
    visit(s);
    const deeds = [first.deed(), second.deed()] as const;
    second.end();
    first.end();
    return deeds;
  }).result;
  expect(outer.log.length).toBe(2 * inner.log.length);
  expect([...outer.log].slice(inner.log.length)).toEqual([...inner.log]);
});

test('names of allocations are those of then', () => {
  const world = newWorld();
  const make = () => nextAllocation('box');
  const made = runDirectly(world, 0, () => {
    make();
    const recording = recordCall()!;
    const name = make();
    const deed = recording.deed();
    recording.end();
    return { name, deed, scene: recording.scene };
  }).result;
  const isSame = isDoneAgain(made.scene, made.deed, () => make() === made.name);
  expect([made.name, isSame]).toEqual(['box 0a', true]);
});

test('what boot does is not recorded: it can be done but once', () => {
  const recording = runDirectly(newWorld(), -1, () => recordCall(), { isBoot: true }).result;
  expect(recording).toBeNull();
});
