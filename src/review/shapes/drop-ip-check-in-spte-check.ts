// SPDX-License-Identifier: GPL-2.0-only
// May an SPTE be believed during an update? No: the vCPU's own cache would be filled from it, with
// a number that is read a second time.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'drop-ip-check-in-spte-check',
  kind: 'operator',
  does: 'does not ask whether an update is in progress when an MMIO SPTE is checked',
  breaks: ['stale-after-update', 'stale-in-window'],
  question:
    'Can an MMIO SPTE be found valid while an update is in progress? With two vCPUs that ' +
    'is enough for a stale entry after the update.',
  pieces: [{ functions: ['check_mmio_spte'], lost: /UPDATE_IN_PROGRESS/ }],
  examples: [
    [
      'check_mmio_spte',
      '-\tif (unlikely(gen & KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS))',
      '-\t\treturn false;',
    ],
  ],
  counterexamples: [
    [
      'check_mmio_spte',
      '-\tif (unlikely(gen & KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS))',
      '+\tif (gen & KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS)',
    ],
  ],
};
