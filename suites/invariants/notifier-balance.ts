// SPDX-License-Identifier: GPL-2.0-only
// Is every change by the host that was begun also ended?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'notifier-balance',
  number: 'I15',
  statement:
    'When no change by the host is under way, the VM believes of none that it is: the end of a ' +
    'change finds the slots that its start has found.',
  rationale: 'A change that never ends keeps every fault on its pages waiting for ever.',
  events: [],
  knownBreaks: [],
  eras: ['v6.12'],
};
