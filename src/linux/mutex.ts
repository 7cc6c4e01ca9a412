// SPDX-License-Identifier: GPL-2.0-only
// include/linux/mutex.h

import { drop, type Lock, lock, take } from './lock.ts';

export { lockdep_assert_held, lockdep_is_held } from './lock.ts';

export const mutex = lock('mutex');

export function mutex_lock(m: Lock): void {
  take(m, 'mutex_lock');
}

export function mutex_unlock(m: Lock): void {
  drop(m, 'mutex_unlock');
}
