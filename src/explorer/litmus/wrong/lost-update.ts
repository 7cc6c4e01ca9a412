// SPDX-License-Identifier: GPL-2.0-only
// Is it noticed that one of two increments without a lock may be lost?

import type { arena } from '../../random-statements.ts';
import type { Litmus } from '../litmus.ts';

const all = [' /  => 1', ' /  => 2'];

function increment(s: arena): [] {
  s.x += 1;
  return [];
}

export const litmus: Litmus = {
  threads: [increment, increment],
  finale: (s) => [s.x],
  outcomes: { sc: all, 'pso-release': all },
  bad: ' /  => 1',
};
