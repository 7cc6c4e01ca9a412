// SPDX-License-Identifier: GPL-2.0-only
// What is efbeec7098ee ("kvm: fix sorting of memslots with base_gfn == 0")? A slot at gfn 0 goes
// before the entries that are not used. Only an array that is sorted by gfn can have it wrong.

import type { Asked } from '#lab/tree/asked';
import type { Fix } from '../fix.ts';
import { region } from '../numbers.ts';

/** A slot is deleted, then one is created at gfn 0, and the entries in use must lie together. */
function isInFront({ vm }: Asked): boolean {
  vm.setMemoryRegion(region(0));
  vm.setMemoryRegion(region(1, 0x20n));
  vm.setMemoryRegion(region(0, 0x10n, { memory_size: 0n }));
  vm.setMemoryRegion(region(2, 0n));
  const used = vm.entries().map(({ npages }) => npages > 0n);
  return used.lastIndexOf(true) === used.filter(Boolean).length - 1 && vm.lookup(0n) !== null;
}

export const fix: Fix = {
  name: 'slot-at-gfn-zero-misplaced',
  ground: {
    name: 'array of slots that is sorted by gfn',
    since: '0e60b0799fed',
    how: 'shape',
    isThere: ({ shape }) => {
      if (shape === null) return null;
      const set = 'struct kvm_memslots';
      return shape.hasField(set, 'used_slots') && !shape.hasField(set, 'gfn_tree');
    },
  },
  pieces: [
    {
      name: 'a slot at gfn 0 lies before what is not used',
      commit: null,
      isPrerequisite: false,
      how: 'run',
      without: 'v3.19/history/slot-at-gfn-zero-misplaced',
      isThere: isInFront,
    },
  ],
  invariants: ['sorted-used-prefix', 'lookup-equals-scan'],
  counts: () => true,
  scenarios: [
    'memslots/slots-that-change-places-are-found',
    'memslots/a-lookup-finds-what-a-scan-finds',
  ],
  own: null,
  related: null,
};
