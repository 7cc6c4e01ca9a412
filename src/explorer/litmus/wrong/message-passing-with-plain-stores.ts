// SPDX-License-Identifier: GPL-2.0-only
// Is it noticed that a flag stored plainly may overtake the data stored before it?

import type { Litmus } from '../litmus.ts';

export const litmus: Litmus = {
  threads: [
    (s) => {
      const flag = s.y;
      return [flag, s.x];
    },
    (s) => {
      s.x = 1;
      s.y = 1;
      return [];
    },
  ],
  outcomes: {
    sc: ['0,0 / ', '0,1 / ', '1,1 / '],
    'pso-release': ['0,0 / ', '0,1 / ', '1,0 / ', '1,1 / '],
  },
  bad: '1,0 / ',
};
