// SPDX-License-Identifier: GPL-2.0-only
// A gfn has memory in system management mode only. A vCPU accesses it outside, where it is MMIO,
// and then inside: what the caches hold from outside must not answer there, nor the other way
// round. An update elsewhere goes on beside, so numbers of one address space change and those of
// the other do not.

import { TWO_SPACES } from '../era-rules.ts';
import { atSizes, createSlot, inSmm, M, X, Y } from '../scenario.ts';

export const scenarios = atSizes(
  {
    id: 'address-spaces/memory-of-smm-is-no-mmio',
    before: [inSmm(createSlot(0, X))],
    updates: [createSlot(1, Y, 2n)],
    gfns: [X, Y, M],
    eras: TWO_SPACES,
  },
  [
    { vcpus: 1, exits: [X, X], exitsInSmm: [1], budgetStates: 50_000, variant: 'into-smm' },
    { vcpus: 1, exits: [X, X], exitsInSmm: [0], budgetStates: 50_000, variant: 'out-of-smm' },
    {
      vcpus: 1,
      exits: [M, X],
      exitsInSmm: [1],
      budgetStates: 50_000,
      variant: 'after-another-gfn',
    },
  ],
);
