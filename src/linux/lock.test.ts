// SPDX-License-Identifier: GPL-2.0-only
// Is a field that a lock guards watched where others can see it, and nowhere else? And is it
// noticed that somebody leaves what was not entered?

import { expect, test } from 'vitest';
import { runDirectly, unfold } from '#explorer/run';
import { type Value, World } from '#explorer/world';
import { guarded_by } from './lock.ts';
import { spin_lock, spin_unlock, spinlock_t } from './spinlock.ts';
import { init_srcu_struct, srcu_read_lock, srcu_read_unlock, srcu_struct } from './srcu.ts';
import { allocate, array, type Of, struct, u64 } from './struct.ts';

const entry = struct('entry', { val: guarded_by(u64, 'mmu_lock') });
const table = struct('table', {
  free: u64,
  mmu_lock: spinlock_t,
  other_lock: spinlock_t,
  entries: array(2, entry),
  srcu: srcu_struct,
});
type table = Of<typeof table>;

function boot(): { world: World; t: table } {
  const world = new World({ threads: 1, allocator: 0, granularity: 'field', config: {} });
  const { result: t } = runDirectly(world, -1, () => {
    const made = allocate(table, 'zero', false);
    init_srcu_struct(made.srcu);
    return made;
  });
  return { world, t };
}

/** What the code of a thread that runs at once reports, and which fields it names. */
function reported(code: (t: table) => void, isBoot = false): readonly string[] {
  const { world, t } = boot();
  const { events } = runDirectly(world, 0, () => code(t), { isBoot });
  return events.map(({ kind, detail }) => `${kind}: ${detail.replace(/ in .*/, '')}`);
}

function write_entry(t: table, value: bigint): void {
  t.entries[1]!.val = value;
}

/** Entries are not told apart: a golden file would name each. */
const UNPROTECTED = 'unprotected-write: table->entries[].val';

test('a lock, or a section, that is not held and is left all the same is an event', () => {
  const { world, t } = boot();
  const { events } = runDirectly(world, 0, () => {
    spin_lock(t.mmu_lock);
    spin_unlock(t.mmu_lock);
    spin_unlock(t.mmu_lock);
    const outer = srcu_read_lock(t.srcu);
    const inner = srcu_read_lock(t.srcu);
    srcu_read_unlock(t.srcu, inner);
    srcu_read_unlock(t.srcu, outer);
    srcu_read_unlock(t.srcu, outer);
  });
  expect(events).toEqual([
    { kind: 'bad-unlock', detail: 'spin_unlock(&table->mmu_lock) is not held' },
    { kind: 'bad-unlock', detail: 'srcu_read_unlock() outside a section' },
  ]);
});

test('a write with the lock is no event, one before it and one after it are', () => {
  const code = (t: table) => {
    spin_lock(t.mmu_lock);
    write_entry(t, 1n);
    spin_unlock(t.mmu_lock);
  };
  expect(reported(code)).toEqual([]);
  const around = (t: table) => {
    write_entry(t, 1n);
    code(t);
    write_entry(t, 2n);
  };
  expect(reported(around)).toEqual([UNPROTECTED, UNPROTECTED]);
});

test('another lock of the object, and the same lock of another object, do not guard', () => {
  const otherLock = (t: table) => {
    spin_lock(t.other_lock);
    write_entry(t, 1n);
  };
  expect(reported(otherLock)).toEqual([UNPROTECTED]);
  const { world, t } = boot();
  const { events } = runDirectly(world, 0, () => {
    const heap = allocate(table, 'zero', true);
    spin_lock(heap.mmu_lock);
    write_entry(t, 1n);
  });
  expect(events).toHaveLength(1);
});

test('boot writes without the lock, since nobody else is there', () => {
  expect(reported((t) => write_entry(t, 1n), true)).toEqual([]);
});

test('a struct on the stack belongs to one thread alone', () => {
  const onStack = () => {
    entry.local().val = 1n;
    write_entry(table.local(), 1n);
  };
  expect(reported(onStack)).toEqual([]);
});

test('a read needs no lock, and neither does a field beside it', () => {
  expect(reported((t) => void t.entries[1]!.val)).toEqual([]);
  expect(
    reported((t) => {
      t.free = 1n;
    }),
  ).toEqual([]);
});

test('a thread reports the write after the step, and never while it replays', () => {
  const { world, t } = boot();
  const code = () => {
    write_entry(t, 1n);
    return [t.free];
  };
  const eventsAfter = (...observed: readonly Value[]) =>
    unfold(world, 0, 0, observed, code).events.map(({ kind }) => kind);
  expect(eventsAfter()).toEqual([]);
  expect(eventsAfter(undefined)).toEqual(['unprotected-write']);
  expect(eventsAfter(undefined, 0n)).toEqual([]);
});
