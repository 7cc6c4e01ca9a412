// SPDX-License-Identifier: GPL-2.0-only
// Does a reader that sees a flag stored with release, by a load with acquire, also see the data
// stored before it?

import { smp_load_acquire, smp_store_release } from '#linux/barrier';
import type { Litmus } from '../litmus.ts';

const all = ['0,0 / ', '0,1 / ', '1,1 / '];

export const litmus: Litmus = {
  threads: [
    (s) => {
      const flag = smp_load_acquire(s.$.y);
      return [flag, s.x];
    },
    (s) => {
      s.x = 1;
      smp_store_release(s.$.y, 1);
      return [];
    },
  ],
  outcomes: { sc: all, 'pso-release': all },
  bad: '1,0 / ',
};
