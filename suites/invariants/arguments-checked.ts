// SPDX-License-Identifier: GPL-2.0-only
// Does a call do what it was asked, and nothing else?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'arguments-checked',
  number: 'I16',
  statement:
    'A call returns the error that its arguments deserve; one that fails installs ' +
    'nothing, one that succeeds leaves exactly the slots that it was asked for.',
  rationale: 'The arguments come from userspace, which need not be friendly.',
  events: [],
  knownBreaks: [],
};
