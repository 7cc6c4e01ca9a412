// SPDX-License-Identifier: GPL-2.0-only
// What are the pieces of ee3d1570b586 ("kvm: fix potentially corrupt mmio cache")? The generation
// advances twice in an update, its low bit is not stored in an SPTE, and, from 00f034a12fdd before
// it, nothing is added to the number where it is read: with an odd bias the low bit means the
// opposite. Each alone, and each pair, leaves the race or a cache that does nothing.

import { ASKED_GFNS, type Asked } from '#lab/tree/asked';
import type { Fix } from '../fix.ts';
import { inWindow, markInFlux } from '../numbers.ts';

const GFN = ASKED_GFNS.none;

/** Is what says that an update is under way no part of an MMIO SPTE? */
function isMarkLeftOut(asked: Asked): boolean {
  const { mmio } = asked.vm;
  // Where no number says so, bit 0 would have to.
  if ((markInFlux(asked) ?? 1n) === 1n) return mmio.generationMask(6) === mmio.generationMask(7);
  return inWindow(asked, (vm) => mmio.generationOf(vm.mmio.mark(GFN, 0)) === 2) ?? false;
}

export const fix: Fix = {
  name: 'single-increment',
  ground: null,
  pieces: [
    {
      name: 'a generation that is read without a bias',
      commit: '00f034a12fdd',
      isPrerequisite: true,
      how: 'run',
      without: 'v3.17/history/biased-generation',
      isThere: ({ vm }) => Number(vm.generation() & 1n) === vm.mmio.currentGeneration() % 2,
    },
    {
      name: 'a second change of the number once readers have left',
      commit: null,
      isPrerequisite: false,
      how: 'run',
      without: 'v3.17/history/single-increment',
      isThere: (asked) => markInFlux(asked) !== null,
    },
    {
      name: 'a mark of updates under way that no SPTE stores',
      commit: null,
      isPrerequisite: false,
      how: 'run',
      without: 'v3.17/MMIO_GEN_LOW_MASK/keep-low-bit.1',
      isThere: isMarkLeftOut,
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
  own: null,
  related:
    'the per-vCPU cache breaks it too: 56f17dd3fbc4 ("kvm: x86: fix stale mmio cache bug") and, ' +
    'while an update is in progress, ddfd1730fd82 are fixes of their own',
};
