// SPDX-License-Identifier: GPL-2.0-only
// What is b6467ab142b7 ("KVM: Check validity of resolved slot when searching memslots")? A search
// by halves that ends behind the last slot looks at nothing there. It did harm once arrays were as
// short as they can be; kernels without such a search, or with entries to spare, are not affected.

import { ASKED_GFNS, type Asked } from '#lab/tree/asked';
import type { Fix } from '../fix.ts';
import { region } from '../numbers.ts';

const SLOTS = 3;

/** All slots are in use, and what lies below the lowest is looked up. */
function staysInside({ fresh, complaints }: Asked): boolean {
  return fresh({ userMemSlots: SLOTS }, (vm) => {
    for (let slot = 0; slot < SLOTS; slot++)
      vm.setMemoryRegion(region(slot, ASKED_GFNS.slot + BigInt(slot)));
    let found: bigint | null = null;
    const heard = complaints(() => {
      found = vm.lookup(0n);
    });
    return heard.length === 0 && found === null;
  });
}

export const fix: Fix = {
  name: 'search-past-the-end',
  ground: {
    name: 'array of slots that ends behind the last one in use',
    since: '36947254e5f9',
    how: 'shape',
    isThere: ({ shape }) =>
      shape === null
        ? null
        : shape.hasField('struct kvm_memslots', 'used_slots') &&
          (shape.sizeOf('struct kvm_memslots', 'memslots') ?? 0) === 0,
  },
  pieces: [
    {
      name: 'a search that ends behind the last slot finds nothing',
      commit: null,
      isPrerequisite: false,
      how: 'run',
      without: 'v5.11/history/search-past-the-end',
      isThere: staysInside,
    },
  ],
  invariants: ['lookup-equals-scan'],
  counts: () => true,
  scenarios: ['memslots/a-lookup-finds-what-a-scan-finds'],
  own: null,
  related: null,
};
