// SPDX-License-Identifier: GPL-2.0-only
// include/linux/spinlock.h. Spinning is modelled as blocking: a spin loop would be an endless
// thread.

import { drop, type Lock, lock, take } from './lock.ts';

export const spinlock_t = lock('spinlock_t');

export function spin_lock(l: Lock): void {
  take(l, 'spin_lock');
}

export function spin_unlock(l: Lock): void {
  drop(l, 'spin_unlock');
}
