// SPDX-License-Identifier: GPL-2.0-only
// Userspace makes a slot for system management mode, over a gfn that a vCPU in that mode accesses.
// The numbers of the other address space do not change meanwhile, so a cache that is tagged with
// one of them goes on believing. Shortly after the call has returned every access must reach
// memory.

import { TWO_SPACES } from '../era-rules.ts';
import { atSizes, createSlot, inSmm, M, X } from '../scenario.ts';

export const scenarios = atSizes(
  {
    id: 'address-spaces/a-slot-of-smm-is-seen',
    updates: [inSmm(createSlot(0, X))],
    gfns: [X, M],
    eras: TWO_SPACES,
  },
  [
    { vcpus: 1, exits: [X], exitsInSmm: [0], budgetStates: 20_000 },
    { vcpus: 1, exits: [X, X], exitsInSmm: [0, 1], budgetStates: 50_000 },
    { vcpus: 2, exits: [X], exitsInSmm: [0], budgetStates: 100_000 },
  ],
);
