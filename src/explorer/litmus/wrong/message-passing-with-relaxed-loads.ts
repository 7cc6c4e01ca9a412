// SPDX-License-Identifier: GPL-2.0-only
// Is it noticed that two plain loads may be reordered? Not here: the store is a release, and the
// reader has no barrier between its loads.

import { smp_store_release } from '#linux/barrier';
import type { Litmus } from '../litmus.ts';

const all = ['0,0 / ', '0,1 / ', '1,1 / '];

export const litmus: Litmus = {
  threads: [
    (s) => {
      const flag = s.y;
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
  outOfReach: 'loads stay in program order; arm64 and POWER reorder independent ones',
};
