// SPDX-License-Identifier: GPL-2.0-only
// A vCPU finds out in system management mode that a gfn is MMIO there. Outside that mode the gfn
// gets a slot: the number that the slots have then must be one that the other address space never
// has, or what the vCPU remembers is taken for an answer about this one.

import { TWO_SPACES } from '../era-rules.ts';
import { atSizes, createSlot, M, X } from '../scenario.ts';

export const scenarios = atSizes(
  {
    id: 'address-spaces/numbers-of-two-spaces-never-meet',
    updates: [createSlot(0, X)],
    gfns: [X, M],
    eras: TWO_SPACES,
  },
  [{ vcpus: 1, exits: [X, X], exitsInSmm: [0], budgetStates: 50_000 }],
);
