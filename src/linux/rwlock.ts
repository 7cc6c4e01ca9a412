// SPDX-License-Identifier: GPL-2.0-only
// include/linux/rwlock.h: any number of readers, or one writer. Fairness is not modelled: whoever
// may take the lock may come first.

import { drop, dropShared, type Lock, lock, take, takeShared } from './lock.ts';

export { lockdep_is_held } from './lock.ts';

export const rwlock_t = lock('rwlock_t');

export function write_lock(l: Lock): void {
  take(l, 'write_lock');
}

export function write_unlock(l: Lock): void {
  drop(l, 'write_unlock');
}

export function read_lock(l: Lock): void {
  takeShared(l, 'read_lock');
}

export function read_unlock(l: Lock): void {
  dropShared(l, 'read_unlock');
}
