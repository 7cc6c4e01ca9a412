// SPDX-License-Identifier: GPL-2.0-only
// What are the pieces of ddfd1730fd82 ("KVM: x86/mmu: Do not cache MMIO accesses while memslots are
// in flux")? A vCPU that has an MMIO access while an update is under way keeps what it knew. That
// needs numbers that say that an update is under way, and a cache that has a number at all.

import type { Asked } from '#lab/tree/asked';
import type { Fix } from '../fix.ts';
import { inWindow, markInFlux } from '../numbers.ts';
import { fix as numbered } from './vcpu-cache-without-generation.ts';

const GFN = 0x30n;

/** Is nothing new remembered while an update is under way? */
function isLeftAlone(asked: Asked): boolean {
  const isKept = inWindow(asked, (vm) => {
    const vcpu = vm.vcpu(null);
    vm.internals.reading(() => vm.internals.vcpuCache.fill(vcpu, GFN << 12n, GFN, 7));
    return vm.internals.vcpuCache.contents(vcpu).gfn === 0n;
  });
  // Where no number says that an update is under way, nobody can leave the cache alone meanwhile.
  return isKept ?? false;
}

export const fix: Fix = {
  name: 'vcpu-cache-filled-in-window',
  ground: null,
  pieces: [
    {
      name: 'the number kept with what a vCPU remembers',
      commit: '56f17dd3fbc4',
      isPrerequisite: true,
      how: 'run',
      without: 'v3.17/vcpu_cache_mmio_info/drop-statement.6cd3',
      isThere: numbered.pieces[0]!.isThere,
    },
    {
      name: 'numbers that say that an update is under way',
      commit: 'ee3d1570b586',
      isPrerequisite: true,
      how: 'run',
      without: null,
      isThere: (asked) => markInFlux(asked) !== null,
    },
    {
      name: 'a cache that is left alone while an update is under way',
      commit: null,
      isPrerequisite: false,
      how: 'run',
      without: 'v6.12/history/vcpu-cache-filled-in-window',
      isThere: isLeftAlone,
    },
  ],
  invariants: ['stale-in-window'],
  counts: (detail) => detail.includes('vCPU cache'),
  scenarios: [
    'mmio-cache/a-created-slot-is-seen.1v1u2f',
    'mmio-cache/a-created-slot-is-seen.2v1u1f',
  ],
  own: null,
  related: null,
};
