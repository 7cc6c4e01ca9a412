// SPDX-License-Identifier: GPL-2.0-only
// Does caching still work?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'cache-effective-at-rest',
  number: 'I22',
  statement:
    'With no update under way, the second access to an MMIO gfn is a hit: in the cache of ' +
    'the same vCPU, and in the SPTE for another. A sync, or an INVLPG of a page table that is in ' +
    'step with its shadow, leaves an entry that the guest did not change.',
  rationale:
    'A cache that never hits is safe and useless. Without this rule a mutant that ' +
    'switches caching off would pass every test of staleness.',
  events: [],
  knownBreaks: [],
};
