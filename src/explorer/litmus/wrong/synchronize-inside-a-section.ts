// SPDX-License-Identifier: GPL-2.0-only
// Is it noticed that a thread which waits for readers inside its own section waits for ever?

import { srcu_read_lock, srcu_read_unlock, synchronize_srcu } from '#linux/srcu';
import type { Litmus } from '../litmus.ts';

const all = ['deadlock'];

export const litmus: Litmus = {
  threads: [
    (s) => {
      const idx = srcu_read_lock(s.srcu);
      synchronize_srcu(s.srcu);
      srcu_read_unlock(s.srcu, idx);
      return [];
    },
    (s) => [s.x],
  ],
  outcomes: { sc: all, 'pso-release': all },
  bad: 'deadlock',
};
