// SPDX-License-Identifier: GPL-2.0-only
// Does a vCPU remember its last MMIO access as it was?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'vcpu-cache-exact',
  number: 'I26',
  statement:
    'The MMIO cache of a vCPU holds the page of the guest virtual address (0 if the fault told ' +
    'none), the gfn and the access rights of the last MMIO access. It is found by every address ' +
    'of that page and by no other; page 0 and gfn 0 are never found. Other accesses leave it as ' +
    'it was. Clearing an address forgets its page only, and clearing all ones forgets whatever ' +
    'is there.',
  rationale:
    'The emulator takes the cached gfn and rights instead of walking the page tables of the ' +
    'guest: a cache that answers for another page makes it read the wrong device.',
  events: [],
  knownBreaks: [],
};
