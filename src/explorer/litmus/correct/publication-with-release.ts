// SPDX-License-Identifier: GPL-2.0-only
// Does a reader that sees a pointer published by rcu_assign_pointer() see the object filled in?

import { rcu_assign_pointer } from '#linux/rcupdate';
import { kmalloc } from '#linux/slab';
import { box } from '../../random-statements.ts';
import type { Litmus } from '../litmus.ts';

const all = ['-1 / ', '7 / '];

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
      rcu_assign_pointer(s.$.p, next);
      return [];
    },
  ],
  outcomes: { sc: all, 'pso-release': all },
  bad: 'uninitialised-read',
};
