// SPDX-License-Identifier: GPL-2.0-only
// Does a grace period end only after the sections that were open at its beginning? A section that
// misses the store before the grace period must not see the store after it.

import { srcu_read_lock, srcu_read_unlock, synchronize_srcu } from '#linux/srcu';
import type { Litmus } from '../litmus.ts';

const all = ['0,0 / ', '1,0 / ', '1,1 / '];

export const litmus: Litmus = {
  threads: [
    (s) => {
      const idx = srcu_read_lock(s.srcu);
      const before = s.x;
      const after = s.y;
      srcu_read_unlock(s.srcu, idx);
      return [before, after];
    },
    (s) => {
      s.x = 1;
      synchronize_srcu(s.srcu);
      s.y = 1;
      return [];
    },
  ],
  outcomes: { sc: all, 'pso-release': all },
  bad: '0,1 / ',
};
