// SPDX-License-Identifier: GPL-2.0-only
// What is 34c0f6f2695a ("KVM: mmu: Fix SPTE encoding of MMIO generation upper half")? The upper
// half of a number is shifted to its place in an SPTE by less than the place's own offset. Kernels
// whose halves are no masks of the SPTE (before v5.1) have other code there.

import type { Asked } from '#lab/tree/asked';
import type { Fix } from '../fix.ts';

/** Does each bit of a number that an SPTE has room for come back? */
function comesBack({ vm: { mmio } }: Asked): boolean {
  for (let bit = 2; bit <= mmio.generationMax(); bit *= 2)
    if (mmio.generationOf(mmio.generationMask(bit) | mmio.mmioMask()) !== bit) return false;
  return true;
}

export const fix: Fix = {
  name: 'gen-high-half-misplaced',
  ground: {
    name: 'mask for the upper half of a number (MMIO_SPTE_GEN_HIGH_MASK)',
    since: 'cae7ed3c2cb0',
    how: 'shape',
    isThere: ({ shape }) => shape?.hasConstant('MMIO_SPTE_GEN_HIGH_MASK') ?? null,
  },
  pieces: [
    {
      name: 'every bit of a number comes back from an SPTE',
      commit: null,
      isPrerequisite: false,
      how: 'run',
      without: 'v6.12/history/gen-high-half-misplaced',
      isThere: comesBack,
    },
  ],
  invariants: ['spte-round-trip', 'cache-effective-at-rest'],
  counts: () => true,
  scenarios: ['spte/every-generation-comes-back', 'mmio-cache/a-second-access-hits'],
  own: null,
  related: null,
};
