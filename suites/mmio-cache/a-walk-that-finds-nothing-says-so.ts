// SPDX-License-Identifier: GPL-2.0-only
// A fault says that a reserved bit was met, and when KVM walks the table the entries at the top of
// it are gone. Is the guest sent back to try again, and nothing taken from an array that nobody
// filled?

import { FLAGGED } from '../era-rules.ts';
import { M, type SequentialScenario, X } from '../scenario.ts';

const PAGE = 0x1000n;

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'mmio-cache/a-walk-that-finds-nothing-says-so',
  eras: FLAGGED,
  gfns: [X, M],
  // Only tables of 32-bit guests have four entries at the top, which may be absent.
  host: { mmio: ['shadow'] },
  exhausts: 'the one walk of a vCPU whose upper entries are gone',
  check: ({ vm, report }) => {
    vm.access(vm.vcpu(null), M * PAGE);
    const vcpu = vm.vcpu(null);
    vm.internals.loseRoots?.(vcpu);
    const { kind } = vm.access(vcpu, M * PAGE);
    if (kind !== 'retry') report('undefined-is-not-mmio', `nothing is taken for ${kind}`);
    return 1;
  },
};
