// SPDX-License-Identifier: GPL-2.0-only
// Is a decision on the old slots used when the new ones are already published?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'stale-in-window',
  number: 'I2',
  statement:
    'After new slots are published, an access that begins later is not handled as MMIO on ' +
    'the strength of an older decision.',
  rationale:
    'The stricter ruler: the update has not returned yet, so nobody was promised ' +
    'anything, but the two caches of KVM should not disagree with the slots that every ' +
    'new lookup finds. It is judged per cache, because the reference breaks it through ' +
    'one of them only.',
  events: [],
  knownBreaks: [
    {
      era: 'v3.16',
      details: ['vCPU cache', 'SPTE'],
      because:
        'The number of the new slots shows with the new slots, so whatever is decided on the ' +
        'old ones and tagged late is valid at once.',
    },
    ...(['v3.17', 'v3.19', 'v4.19'] as const).map((era) => ({
      era,
      details: ['vCPU cache'],
      because:
        'The per-vCPU cache takes the number of the window like any other, and finds it valid ' +
        'until the window closes. Mended in v5.1 by ddfd1730fd82; through an SPTE the era is ' +
        'clean.',
    })),
    ...(['v4.19', 'v5.2', 'v5.6', 'v5.11', 'v5.15'] as const).map((era) => ({
      era,
      details: ['vCPU cache in SMM'],
      because:
        'The per-vCPU cache takes the number of address space 0, whatever mode the vCPU is in, ' +
        'so an update of the slots of SMM is none to it.',
    })),
  ],
};
