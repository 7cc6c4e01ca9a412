// SPDX-License-Identifier: GPL-2.0-only
// Does who looks at a lock without taking it see it taken? Dropping it is no private matter then.

import { mutex_lock, mutex_unlock } from '#linux/mutex';
import type { Litmus } from '../litmus.ts';

const all = [' / 0', ' / 1'];

export const litmus: Litmus = {
  threads: [
    (s) => {
      mutex_lock(s.lock);
      mutex_unlock(s.lock);
      return [];
    },
    (s) => [s.lock.locked],
  ],
  outcomes: { sc: all, 'pso-release': all },
  bad: ' / 2',
};
