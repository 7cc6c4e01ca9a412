// SPDX-License-Identifier: GPL-2.0-only
// What are the pieces of ee3d1570b586 ("kvm: fix potentially corrupt mmio cache")? The generation
// advances twice in an update, its low bit is not stored in an SPTE, and, from 00f034a12fdd before
// it, nothing is added to the number where it is read: with an odd bias the low bit means the
// opposite. Each alone, and each pair, leaves the race or a cache that does nothing.

import type { Vm } from '#vocabulary';
import type { Fix } from '../fix.ts';

/** A slot of one page at gfn 0x10. */
const CREATE = {
  slot: 0,
  flags: 0,
  guest_phys_addr: BigInt(0x10000),
  memory_size: BigInt(0x1000),
  userspace_addr: BigInt('0x7f0000000000'),
} as const;

/** By how much the generation advances when a slot is created. */
function stepOf(vm: Vm): bigint {
  const before = vm.generation();
  vm.setMemoryRegion(CREATE);
  return vm.generation() - before;
}

export const fix: Fix = {
  name: 'single-increment',
  pieces: [
    {
      name: 'a generation that is read without a bias',
      commit: '00f034a12fdd',
      isPrerequisite: true,
      isThere: (vm) => Number(vm.generation() & BigInt(1)) === vm.mmio.currentGeneration() % 2,
    },
    {
      name: 'a second increment in every update',
      commit: null,
      isPrerequisite: false,
      isThere: (vm) => stepOf(vm) > BigInt(1),
    },
    {
      name: 'a low bit that is not stored in an SPTE',
      commit: null,
      isPrerequisite: false,
      isThere: ({ mmio }) => mmio.generationMask(6) === mmio.generationMask(7),
    },
  ],
  invariants: [
    'stale-after-update',
    'stale-in-window',
    'cache-effective-at-rest',
    'no-in-flux-tag',
  ],
  // The per-vCPU cache of these kernels is another fix: it is no piece of this one.
  counts: (detail) => !detail.includes('vCPU cache'),
  scenarios: [
    'mmio-cache/a-created-slot-is-seen.2v1u1f',
    'mmio-cache/a-second-slot-is-seen.2v2u1f',
    'mmio-cache/a-second-access-hits',
  ],
  related:
    'the per-vCPU cache breaks it too: 56f17dd3fbc4 ("kvm: x86: fix stale mmio cache bug") and, ' +
    'while an update is in progress, ddfd1730fd82 are fixes of their own',
};
