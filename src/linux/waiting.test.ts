// SPDX-License-Identifier: GPL-2.0-only
// Do locks for readers and writers, sleepers and exchanges hold what they promise, in every
// interleaving?

import { expect, test } from 'vitest';
import { rawSearch } from '#explorer/raw-search';
import { emit, runDirectly } from '#explorer/run';
import { World } from '#explorer/world';
import { try_cmpxchg64, xchg } from './atomic.ts';
import { lockdep_assert_held } from './lock.ts';
import {
  finish_rcuwait,
  prepare_to_rcuwait,
  rcuwait,
  rcuwait_init,
  rcuwait_wake_up,
  schedule,
  set_current_state,
  TASK_UNINTERRUPTIBLE,
} from './rcuwait.ts';
import { read_lock, read_unlock, rwlock_t, write_lock, write_unlock } from './rwlock.ts';
import { kfree, kzalloc } from './slab.ts';
import { spin_lock, spin_unlock, spinlock_t } from './spinlock.ts';
import { static_object } from './static.ts';
import { apart, int, type Of, pointer, struct, u64 } from './struct.ts';

const leaf = struct('leaf', { n: int });

const shared = struct('shared', {
  lock: rwlock_t,
  spin: spinlock_t,
  wait: rcuwait,
  readers: apart(int),
  writers: apart(int),
  word: apart(u64),
  first: int,
  second: int,
  leaf: pointer(() => leaf),
});
type shared = Of<typeof shared>;

/** What all interleavings of the threads show: events, and what the last thread to end returns. */
function explore(
  codes: readonly ((it: shared) => void)[],
  rest: (it: shared) => string = () => '',
) {
  const world = new World({
    threads: codes.length,
    allocator: 0,
    granularity: 'object',
    config: { failAllocations: [] },
  });
  const it = runDirectly(world, -1, () => {
    const made = static_object(shared);
    rcuwait_init(made.wait);
    return made;
  }).result;
  const threads = codes.map((code, i) => ({
    name: `thread ${i}`,
    group: i,
    rounds: 1,
    start: [],
    round: () => {
      code(it);
      return [];
    },
  }));
  const finale = (thread: number) => {
    if (thread === 0) emit('rest', rest(it));
    return [];
  };
  const found = rawSearch(
    { world, threads, finale },
    { memoryModel: 'sc', budgetStates: 50_000, wantEnds: false },
  );
  expect(found.isComplete).toBe(true);
  return found.events.map(({ kind, detail }) => `${kind} ${detail}`.trim());
}

const read = (it: shared) => {
  read_lock(it.lock);
  it.readers = 1;
  if (it.writers !== 0) emit('a writer beside a reader', '');
  it.readers = 0;
  read_unlock(it.lock);
};

const write = (it: shared) => {
  write_lock(it.lock);
  lockdep_assert_held(it.lock);
  it.writers = 1;
  if (it.readers !== 0) emit('a reader beside a writer', '');
  it.writers = 0;
  write_unlock(it.lock);
};

test('a writer is alone with the lock, and everybody gets it in the end', () => {
  expect(explore([read, write])).toEqual(['rest']);
  expect(explore([write, write])).toEqual(['rest']);
  expect(explore([read, read, write])).toEqual(['rest']);
});

test('readers have the lock together', () => {
  const meet = (it: shared) => {
    read_lock(it.lock);
    if (it.readers !== 0) emit('met', '');
    it.readers = 1;
    read_unlock(it.lock);
  };
  const both = (it: shared) => {
    read_lock(it.lock);
    it.writers = 1;
    if (it.readers !== 0) emit('met', '');
    it.writers = 0;
    read_unlock(it.lock);
  };
  expect(explore([meet, both])).toEqual(['met', 'rest']);
});

test('a lock that is not held is reported, when it is dropped and when it is asked for', () => {
  expect(explore([(it) => read_unlock(it.lock)])[0]).toMatch(/^bad-unlock read_unlock/);
  expect(explore([(it) => lockdep_assert_held(it.lock)])[0]).toMatch(/^WARN/);
});

const sleep = (it: shared) => {
  spin_lock(it.spin);
  prepare_to_rcuwait(it.wait);
  while (it.first !== 1) {
    set_current_state(TASK_UNINTERRUPTIBLE);
    spin_unlock(it.spin);
    schedule();
    spin_lock(it.spin);
  }
  finish_rcuwait(it.wait);
  spin_unlock(it.spin);
};

const finish = (it: shared) => {
  spin_lock(it.spin);
  it.first = 1;
  spin_unlock(it.spin);
  rcuwait_wake_up(it.wait);
};

test('a sleeper is woken by whoever makes true what it waits for', () => {
  expect(explore([sleep, finish], (it) => String(it.wait.task))).toEqual(['rest 0']);
});

test('a sleeper that nobody wakes sleeps for ever', () => {
  const quietly = (it: shared) => {
    spin_lock(it.spin);
    it.first = 1;
    spin_unlock(it.spin);
  };
  expect(explore([sleep, quietly])).toEqual(['deadlock threads wait for ever', 'rest']);
});

test('a sleeper that says so after it lets go of the lock may miss that it is woken', () => {
  const late = (it: shared) => {
    spin_lock(it.spin);
    prepare_to_rcuwait(it.wait);
    while (it.first !== 1) {
      spin_unlock(it.spin);
      set_current_state(TASK_UNINTERRUPTIBLE);
      schedule();
      spin_lock(it.spin);
    }
    finish_rcuwait(it.wait);
    spin_unlock(it.spin);
  };
  expect(explore([late, finish])).toEqual(['deadlock threads wait for ever', 'rest']);
});

test('nobody is woken where nobody waits', () => {
  const code = (it: shared) => {
    if (rcuwait_wake_up(it.wait)) emit('woken', '');
  };
  expect(explore([code])).toEqual(['rest']);
});

test('of two exchanges each sees the other or neither, and none is lost', () => {
  const one = (it: shared) => {
    it.first = Number(xchg(it.$.word, 1n));
  };
  const two = (it: shared) => {
    it.second = Number(xchg(it.$.word, 2n));
  };
  const rest = (it: shared) => `${it.first} ${it.second} ${it.word}`;
  expect(explore([one, two], rest)).toEqual(['rest 0 1 2', 'rest 2 0 1']);
});

test('of two conditional exchanges one writes, and the other is told what it found', () => {
  const exchange = (value: bigint, note: 'first' | 'second') => (it: shared) => {
    const old = { val: 0n };
    const isDone = try_cmpxchg64(it.$.word, old, value);
    it[note] = isDone ? 10 : Number(old.val);
  };
  const rest = (it: shared) => `${it.first} ${it.second} ${it.word}`;
  const codes = [exchange(1n, 'first'), exchange(2n, 'second')];
  expect(explore(codes, rest)).toEqual(['rest 10 1 1', 'rest 2 10 2']);
});

test('an exchange on the stack is an exchange', () => {
  const config = { failAllocations: [] };
  const world = new World({ threads: 1, allocator: 0, granularity: 'object', config });
  const { result } = runDirectly(world, 0, () => {
    const it = shared.local();
    const old = { val: 3n };
    const refused = try_cmpxchg64(it.$.word, old, 5n);
    return [
      xchg(it.$.word, 7n),
      refused,
      old.val,
      try_cmpxchg64(it.$.word, { val: 7n }, 9n),
      it.word,
    ];
  });
  expect(result).toEqual([0n, false, 0n, true, 9n]);
});

test('pointers are exchanged as pointers, and freed memory is not exchanged', () => {
  const config = { failAllocations: [] };
  const world = new World({ threads: 1, allocator: 0, granularity: 'object', config });
  const { result, events } = runDirectly(world, 0, () => {
    const it = static_object(shared);
    const [a, b] = [kzalloc(leaf)!, kzalloc(leaf)!];
    const seen = [xchg(it.$.leaf, a) === null, xchg(it.$.leaf, b) === a, it.leaf === b];
    kfree(b);
    return [...seen, xchg(b.$.n, 1)];
  });
  expect(result).toEqual([true, true, true, 0]);
  expect(events.map(({ kind }) => kind)).toEqual(['use-after-free']);
});
