// SPDX-License-Identifier: GPL-2.0-only
// The addresses of a guest that runs inside the guest are not those of the guest's memory. Is the
// cache of the vCPU, which holds the guest's own, left alone by a fault of the inner one?

import { TWO_SPACES } from '../era-rules.ts';
import { BOTH_MASKS, M, type SequentialScenario, X } from '../scenario.ts';

const PAGE = 0x1000n;

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'mmio-cache/a-guest-of-the-guest-asks-no-cache',
  eras: TWO_SPACES,
  gfns: [X, M],
  host: { ...BOTH_MASKS, nested: true },
  check: ({ vm, report }) => {
    const { vcpuCache, reading } = vm.internals;
    const vcpu = vm.vcpu(null);
    const kinds = [1, 2, 3].map(() => vm.access(vcpu, M * PAGE).kind);
    if (kinds.includes('mmio-vcpu'))
      report('right-address-space', "an inner guest's address is looked for in the vCPU cache");
    reading(() => vcpuCache.fill(vcpu, X * PAGE, X, 0));
    if (vcpuCache.contents(vcpu).gva !== 0n)
      report('right-address-space', "an inner guest's address is kept as a virtual one");
    return kinds.length + 1;
  },
};
