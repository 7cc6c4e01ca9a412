// SPDX-License-Identifier: GPL-2.0-only
// Is it noticed that an object published by a plain store may be seen before it is filled in?

import { kmalloc } from '#linux/slab';
import { box } from '../../random-statements.ts';
import type { Litmus } from '../litmus.ts';

export const litmus: Litmus = {
  threads: [
    (s) => {
      const p = s.p;
      return [p === null ? -1 : p.a];
    },
    (s) => {
      const next = kmalloc(box);
      if (next === null) return [];
      next.a = 7;
      s.p = next;
      return [];
    },
  ],
  outcomes: {
    sc: ['-1 / ', '7 / '],
    'pso-release': ['-1 / ', '0 / ', '7 / ', 'uninitialised-read'],
  },
  bad: 'uninitialised-read',
};
