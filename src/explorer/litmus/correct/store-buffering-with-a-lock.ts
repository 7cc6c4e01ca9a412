// SPDX-License-Identifier: GPL-2.0-only
// Can a thread that stores and then takes a lock miss, under the lock, what another thread stored
// before it looked? Not on a host such as x86, where taking a lock is a full barrier.

import { smp_mb } from '#linux/barrier';
import { mutex_lock, mutex_unlock } from '#linux/mutex';
import type { Litmus } from '../litmus.ts';

const all = ['0 / 1', '1 / 0', '1 / 1'];

export const litmus: Litmus = {
  threads: [
    (s) => {
      s.x = 1;
      mutex_lock(s.lock);
      const y = s.y;
      mutex_unlock(s.lock);
      return [y];
    },
    (s) => {
      s.y = 1;
      smp_mb();
      return [s.x];
    },
  ],
  outcomes: { sc: all, 'pso-release': all },
  bad: '0 / 0',
};
