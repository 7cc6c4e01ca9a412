// SPDX-License-Identifier: GPL-2.0-only
// A lookup answers with the number of a page frame, and with bits that no frame has where there is
// none: 52 to 62 for an error, 63 for a gfn without a slot. Is each told from the others?

import { M, type SequentialScenario, X } from '../scenario.ts';

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'ioctl/an-error-is-no-page',
  eras: null,
  gfns: [X, M],
  // No SPTE is made.
  host: { mmio: ['ept'] },
  check: ({ vm: { internals }, report }) => {
    for (let bit = 0n; bit < 64n; bit++) {
      const pfn = 1n << bit;
      if (internals.isErrorPfn(pfn) !== (bit >= 52n && bit <= 62n))
        report('memory-as-asked', 'errors and pages are mixed up');
      if (internals.isNoslotPfn(pfn) !== (bit === 63n))
        report('memory-as-asked', 'a gfn without a slot is mixed up with others');
    }
    return 128;
  },
};
