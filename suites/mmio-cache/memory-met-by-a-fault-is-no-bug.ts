// SPDX-License-Identifier: GPL-2.0-only
// Where MMIO was there is memory now, and two vCPUs use it at once: the second has exited on the
// old entry when the first puts the new one in its place. Is that taken for what it is, also where
// the processor has all address bits, so that none of an entry is reserved? (Up to v4.2 KVM took it
// for a bug.)

import { atSizes, createSlot, X } from '../scenario.ts';

export const scenarios = atSizes(
  {
    id: 'mmio-cache/memory-met-by-a-fault-is-no-bug',
    updates: [createSlot(0, X)],
    host: { mmio: ['ept'], maxphyaddr: 52 },
  },
  [{ vcpus: 2, exits: [X, X], budgetStates: 100_000 }],
);
