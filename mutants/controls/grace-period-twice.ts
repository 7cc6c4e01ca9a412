// SPDX-License-Identifier: GPL-2.0-only
// Is a mutant killed for being slower? The install waits for its readers twice.

import type { Control } from '#mutation/mutant';

export const control: Control = {
  name: 'grace-period-twice',
  eras: ['v3.16', 'v3.17', 'v3.19'],
  harmless: 'A second wait can only delay what comes after it.',
  edits: [
    {
      function: 'install_new_memslots',
      anchor: 'synchronize_srcu_expedited(kvm.srcu);',
      replacement: 'synchronize_srcu_expedited(kvm.srcu); synchronize_srcu_expedited(kvm.srcu);',
    },
  ],
};
