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
  knownBreaks: (['v3.16', 'v3.17', 'v3.19', 'v5.11'] as const).map((era) => ({
    era,
    details: ['a size that an unsigned long cannot hold is accepted'],
    because:
      'On a host of 32 bits only the lower bits of a size are checked against the end of ' +
      'userspace. Mended in v5.16 by "KVM: Disallow user memslot with size that exceeds ' +
      'unsigned long" (6b285a558750).',
  })),
};
