// SPDX-License-Identifier: GPL-2.0-only
// Who keeps a slot alive while it is looked at? A read-side section, or slots_lock.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'zap-gfn-range-without-srcu',
  kind: 'regression',
  does: 'looks at memslots outside of a read-side section',
  breaks: [],
  question:
    'Is kvm->srcu or slots_lock held where the memslots are walked? An update could free ' +
    'one of them meanwhile.',
  pieces: [{ functions: ['kvm_zap_gfn_range'], lost: /srcu_read_lock\(/ }],
  examples: [['kvm_zap_gfn_range', '-\tidx = srcu_read_lock(&kvm->srcu);']],
  counterexamples: [
    [
      'kvm_zap_gfn_range',
      '-\tidx = srcu_read_lock(&kvm->srcu);',
      '+\tsrcu_idx = srcu_read_lock(&kvm->srcu);',
    ],
  ],
};
