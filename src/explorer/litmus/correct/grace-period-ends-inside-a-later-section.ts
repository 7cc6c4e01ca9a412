// SPDX-License-Identifier: GPL-2.0-only
// Can a grace period end while a section is open that was opened after its beginning? It can, and a
// model in which it cannot loses real races. In `1 / 1 / 1` reader 1 was inside before the
// beginning (the updater saw x) and left after reader 2 had entered (it saw y), so reader 2, which
// saw what was stored after the end, entered after the beginning and was inside at the end: had it
// entered before the beginning, the end would have waited for it.

import { srcu_read_lock, srcu_read_unlock, synchronize_srcu } from '#linux/srcu';
import type { Litmus } from '../litmus.ts';

const all = [
  '0 / 0 / 0',
  '0 / 0 / 1',
  '0 / 1 / 0',
  '0 / 1 / 1',
  '1 / 0 / 0',
  '1 / 0 / 1',
  '1 / 1 / 0',
  '1 / 1 / 1',
];

export const litmus: Litmus = {
  threads: [
    (s) => {
      const isReaderInside = s.x;
      synchronize_srcu(s.srcu);
      s.z = 1;
      return [isReaderInside];
    },
    (s) => {
      const idx = srcu_read_lock(s.srcu);
      s.x = 1;
      const isLaterReaderInside = s.y;
      srcu_read_unlock(s.srcu, idx);
      return [isLaterReaderInside];
    },
    (s) => {
      const idx = srcu_read_lock(s.srcu);
      s.y = 1;
      const hasEnded = s.z;
      srcu_read_unlock(s.srcu, idx);
      return [hasEnded];
    },
  ],
  outcomes: { sc: all, 'pso-release': all },
  bad: 'deadlock',
};
