// SPDX-License-Identifier: GPL-2.0-only
// Locks and SRCU. C names them by their addresses; the primitives of src/linux lie at the same
// places.

import { Crash } from '#explorer/run';
import { drop, dropShared, lockdep_is_held, take, takeShared } from '#linux/lock';
import {
  init_srcu_struct,
  srcu_read_lock,
  srcu_read_lock_held,
  srcu_read_unlock,
  synchronize_srcu,
  synchronize_srcu_expedited,
} from '#linux/srcu';
import type { Scalar } from '../machine.ts';
import type { Runtime } from '../memory/runtime.ts';
import { type Intrinsics, pointer } from './intrinsic.ts';

function lockOf(m: Runtime, address: Scalar | undefined): object {
  const lock = m.flat.lockAt(pointer(address));
  if (lock === null) throw new Crash(`${m.functionName()}() takes what is no lock for one`);
  return lock;
}

type Act = (lock: object) => unknown;

/** `void name(void *lock)`, or with the result that is said. */
function onLock(act: Act, result = 'void'): Intrinsics[string] {
  return {
    prototype: `${result} lock(void *lock)`,
    run: (m, site, lock) => {
      m.at_(site);
      return (act(lockOf(m, lock)) as Scalar | undefined) ?? undefined;
    },
  };
}

const named = (table: Readonly<Record<string, Intrinsics[string]>>): Intrinsics =>
  Object.fromEntries(
    Object.entries(table).map(([name, { prototype, run }]) => [
      name,
      { prototype: prototype.replace(/\block\(/, `${name}(`), run },
    ]),
  );

const held = (lock: object) => Number(lockdep_is_held(lock));
const section = (lock: object) => Number(srcu_read_lock_held(lock));

export const LOCKS: Intrinsics = named({
  mutex_lock: onLock((lock) => take(lock, 'mutex_lock')),
  mutex_unlock: onLock((lock) => drop(lock, 'mutex_unlock')),
  spin_lock: onLock((lock) => take(lock, 'spin_lock')),
  spin_unlock: onLock((lock) => drop(lock, 'spin_unlock')),
  write_lock: onLock((lock) => take(lock, 'write_lock')),
  write_unlock: onLock((lock) => drop(lock, 'write_unlock')),
  read_lock: onLock((lock) => takeShared(lock, 'read_lock')),
  read_unlock: onLock((lock) => dropShared(lock, 'read_unlock')),
  lockdep_is_held: onLock(held, 'int'),
  lockdep_is_held_type: onLock(held, 'int'),
  mutex_is_locked: onLock(held, 'int'),
  srcu_read_lock_held: onLock(section, 'int'),
  init_srcu_struct: onLock((lock) => init_srcu_struct(lock), 'int'),
  srcu_read_lock: onLock((lock) => srcu_read_lock(lock), 'int'),
  synchronize_srcu: onLock((lock) => synchronize_srcu(lock)),
  synchronize_srcu_expedited: onLock((lock) => synchronize_srcu_expedited(lock)),
  srcu_read_unlock: {
    prototype: 'void srcu_read_unlock(void *lock, int idx)',
    run: (m, site, lock, idx) => {
      m.at_(site);
      srcu_read_unlock(lockOf(m, lock), Number(idx));
      return undefined;
    },
  },
});
