// SPDX-License-Identifier: GPL-2.0-only
// Is a mutant killed for its names? A local of the comparison of generations gets another one.

import type { Control } from '#mutation/mutant';

export const control: Control = {
  name: 'renamed-local',
  eras: ['v3.16', 'v3.17', 'v3.19'],
  harmless: 'The name of a local variable is seen by nobody.',
  edits: [
    { function: 'check_mmio_spte', anchor: 'const kvm_gen', replacement: 'const now' },
    { function: 'check_mmio_spte', anchor: 'return kvm_gen', replacement: 'return now' },
  ],
};
