// SPDX-License-Identifier: GPL-2.0-only
// Are old entries gone before their number comes again?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'zap-before-reuse',
  number: 'I5',
  statement:
    'Before a masked generation becomes visible for the second time, every MMIO SPTE that ' +
    'holds it has been removed.',
  rationale:
    'An SPTE keeps 19 or 20 bits of a counter that goes on for ever. When they come ' +
    'again, an entry of long ago is found valid.',
  events: [],
  knownBreaks: [
    ...(['v3.17', 'v3.19', 'v4.19'] as const).map((era) => ({
      era,
      details: ['SPTE, before the call returns'],
      because:
        'Entries are zapped after the number was stored, so a vCPU in between finds an old one ' +
        'valid. Mended in v5.1 by 152482580a1b.',
    })),
    ...(['v5.2', 'v5.6', 'v5.11', 'v5.15', 'v6.12'] as const).map((era) => ({
      era,
      details: ['SPTE, before the call returns'],
      because:
        'A vCPU may read an SPTE just before it is zapped and look at its number just after the ' +
        'same number was stored. It is one access, and no entry stays: the update waits for ' +
        'sections that began before it published, not for later ones.',
    })),
  ],
};
