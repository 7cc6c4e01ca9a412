// SPDX-License-Identifier: GPL-2.0-only
// Can two threads that each store, pass smp_mb() and load the other's word both miss the store?

import { smp_mb } from '#linux/barrier';
import type { Litmus } from '../litmus.ts';

const all = ['0 / 1', '1 / 0', '1 / 1'];

export const litmus: Litmus = {
  threads: [
    (s) => {
      s.x = 1;
      smp_mb();
      return [s.y];
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
