// SPDX-License-Identifier: GPL-2.0-only
// May a vCPU remember an access that it makes during an update? Its number is that of the update,
// and is found valid until the update ends.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'vcpu-cache-filled-in-window',
  kind: 'regression',
  does: 'fills the per-vCPU MMIO cache while an update is in progress',
  breaks: [],
  question:
    'Should an access that was decided on the old memslots be cached under the number of ' +
    'the update that replaces them?',
  pieces: [{ functions: ['vcpu_cache_mmio_info'], lost: /UPDATE_IN_PROGRESS/ }],
  examples: [
    [
      'vcpu_cache_mmio_info',
      '-\tif (unlikely(gen & KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS))',
      '-\t\treturn;',
    ],
  ],
  counterexamples: [
    [
      'vcpu_cache_mmio_info',
      '-\tif (unlikely(gen & KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS))',
      '-\t\treturn;',
      '+\tif (gen & KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS)',
      '+\t\treturn;',
    ],
  ],
};
