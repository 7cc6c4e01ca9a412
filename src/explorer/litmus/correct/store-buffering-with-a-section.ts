// SPDX-License-Identifier: GPL-2.0-only
// Can a thread that stores and then enters a read-side section miss there what another thread
// stored before it looked? srcu_read_lock() is a full barrier on every host.

import { smp_mb } from '#linux/barrier';
import { srcu_read_lock, srcu_read_unlock } from '#linux/srcu';
import type { Litmus } from '../litmus.ts';

const all = ['0 / 1', '1 / 0', '1 / 1'];

export const litmus: Litmus = {
  threads: [
    (s) => {
      s.x = 1;
      const idx = srcu_read_lock(s.srcu);
      const y = s.y;
      srcu_read_unlock(s.srcu, idx);
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
