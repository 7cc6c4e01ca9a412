// SPDX-License-Identifier: GPL-2.0-only
// Does a mutex keep two increments apart?

import { mutex_lock, mutex_unlock } from '#linux/mutex';
import type { arena } from '../../random-statements.ts';
import type { Litmus } from '../litmus.ts';

const all = [' /  => 2'];

function increment(s: arena): [] {
  mutex_lock(s.lock);
  s.x += 1;
  mutex_unlock(s.lock);
  return [];
}

export const litmus: Litmus = {
  threads: [increment, increment],
  finale: (s) => [s.x],
  outcomes: { sc: all, 'pso-release': all },
  bad: ' /  => 1',
};
