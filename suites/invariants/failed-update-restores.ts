// SPDX-License-Identifier: GPL-2.0-only
// Is everything as before after a call that failed?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'failed-update-restores',
  number: 'I12',
  statement: 'A call that fails leaves the slots as they were.',
  rationale:
    'Userspace goes on as if nothing had happened. If the slot was left invalid, the ' +
    'guest has lost its memory.',
  events: [],
  knownBreaks: (['v3.16', 'v3.17', 'v3.19', 'v4.19', 'v5.2', 'v5.6'] as const).map((era) => ({
    era,
    details: [
      'lookup',
      'vCPU cache',
      'SPTE',
      'at rest, lookup',
      'at rest, vCPU cache',
      'at rest, SPTE',
      'the slot is not as it was',
    ],
    because:
      'A call that deletes or moves a slot and then fails leaves the invalid slot ' +
      'installed. Mended in v5.7, believed to be by bd0e96fdc5ee.',
  })),
};
