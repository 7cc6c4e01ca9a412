// SPDX-License-Identifier: GPL-2.0-only
// Does everybody get on?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'progress',
  number: 'I17',
  statement:
    'No thread waits for ever, no lock is dropped that is not held, no loop runs without ' +
    'end, and an access at rest is answered.',
  rationale:
    'A grace period that waits for a reader who waits for the updater stops the VM, and ' +
    'with it whoever waits for the lock.',
  events: ['deadlock', 'bad-unlock', 'crash: no progress'],
  knownBreaks: [],
};
