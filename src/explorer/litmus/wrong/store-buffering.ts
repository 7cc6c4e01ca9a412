// SPDX-License-Identifier: GPL-2.0-only
// Is it noticed that two threads which store, then load the other's word, may both miss the store?

import type { Litmus } from '../litmus.ts';

export const litmus: Litmus = {
  threads: [
    (s) => {
      s.x = 1;
      return [s.y];
    },
    (s) => {
      s.y = 1;
      return [s.x];
    },
  ],
  outcomes: {
    sc: ['0 / 1', '1 / 0', '1 / 1'],
    'pso-release': ['0 / 0', '0 / 1', '1 / 0', '1 / 1'],
  },
  bad: '0 / 0',
};
