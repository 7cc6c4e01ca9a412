// SPDX-License-Identifier: GPL-2.0-only
// Is a deadlock found that needs a reader to come after the publication and before the waiting for
// readers? An engine that begins to wait as early as it can loses it.

import { mutex_lock, mutex_unlock } from '#linux/mutex';
import { srcu_read_lock, srcu_read_unlock, synchronize_srcu } from '#linux/srcu';
import type { Litmus } from '../litmus.ts';

const all = ['0 / ', '1 / ', 'deadlock'];

export const litmus: Litmus = {
  threads: [
    (s) => {
      const seen = s.x;
      if (seen === 0) return [seen];
      const idx = srcu_read_lock(s.srcu);
      mutex_lock(s.lock);
      mutex_unlock(s.lock);
      srcu_read_unlock(s.srcu, idx);
      return [seen];
    },
    (s) => {
      mutex_lock(s.lock);
      s.x = 1;
      synchronize_srcu(s.srcu);
      mutex_unlock(s.lock);
      return [];
    },
  ],
  outcomes: { sc: all, 'pso-release': all },
  bad: 'deadlock',
};
