// SPDX-License-Identifier: GPL-2.0-only
// May an object be freed once it is unpublished and a grace period has passed?

import { rcu_assign_pointer } from '#linux/rcupdate';
import { kfree, kzalloc } from '#linux/slab';
import { srcu_read_lock, srcu_read_unlock, synchronize_srcu } from '#linux/srcu';
import { box } from '../../random-statements.ts';
import type { Litmus } from '../litmus.ts';

const all = ['-1 / ', '0 / '];

export const litmus: Litmus = {
  threads: [
    (s) => {
      const idx = srcu_read_lock(s.srcu);
      const p = s.p;
      const a = p === null ? -1 : p.a;
      srcu_read_unlock(s.srcu, idx);
      return [a];
    },
    (s) => {
      const made = kzalloc(box);
      rcu_assign_pointer(s.$.p, made);
      rcu_assign_pointer(s.$.p, null);
      synchronize_srcu(s.srcu);
      kfree(made);
      return [];
    },
  ],
  outcomes: { sc: all, 'pso-release': all },
  bad: 'use-after-free',
};
