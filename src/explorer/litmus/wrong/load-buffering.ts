// SPDX-License-Identifier: GPL-2.0-only
// Is it noticed that a store may be seen before a load that stands before it? Not here.

import type { Litmus } from '../litmus.ts';

const all = ['0 / 0', '0 / 1', '1 / 0'];

export const litmus: Litmus = {
  threads: [
    (s) => {
      const seen = s.x;
      s.y = 1;
      return [seen];
    },
    (s) => {
      const seen = s.y;
      s.x = 1;
      return [seen];
    },
  ],
  outcomes: { sc: all, 'pso-release': all },
  bad: '1 / 1',
  outOfReach: 'a store never overtakes an earlier load; the LKMM and arm64 allow it',
};
