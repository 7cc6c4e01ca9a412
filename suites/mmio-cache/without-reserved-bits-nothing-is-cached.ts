// SPDX-License-Identifier: GPL-2.0-only
// A processor with 52 address bits leaves no bit that an MMIO SPTE could set to be noticed. Is MMIO
// then looked up every time, and never taken for memory?

import { M, type SequentialScenario, X } from '../scenario.ts';

const PAGE = 0x1000n;
const ACCESSES = 3;

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'mmio-cache/without-reserved-bits-nothing-is-cached',
  eras: null,
  gfns: [X, M],
  host: { mmio: ['shadow'], maxphyaddr: 52 },
  check: ({ vm, report }) => {
    const vcpu = vm.vcpu(null);
    for (let i = 0; i < ACCESSES; i++) {
      const { kind } = vm.access(vcpu, M * PAGE);
      if (kind === 'ram') report('no-mapping-after-flush', 'a page that was never there');
      else if (kind !== 'mmio-lookup') report('spte-fields-disjoint', 'an SPTE without a mark');
    }
    return ACCESSES;
  },
};
