// SPDX-License-Identifier: GPL-2.0-only
// Is it noticed that two threads which take two locks in opposite order may wait for ever?

import { mutex_lock, mutex_unlock } from '#linux/mutex';
import type { Litmus } from '../litmus.ts';

const all = [' / ', 'deadlock'];

export const litmus: Litmus = {
  threads: [
    (s) => {
      mutex_lock(s.lock);
      mutex_lock(s.other);
      mutex_unlock(s.other);
      mutex_unlock(s.lock);
      return [];
    },
    (s) => {
      mutex_lock(s.other);
      mutex_lock(s.lock);
      mutex_unlock(s.lock);
      mutex_unlock(s.other);
      return [];
    },
  ],
  outcomes: { sc: all, 'pso-release': all },
  bad: 'deadlock',
};
