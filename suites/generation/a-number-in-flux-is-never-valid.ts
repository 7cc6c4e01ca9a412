// SPDX-License-Identifier: GPL-2.0-only
// Bit 63 of the generation says that an update is under way, and no SPTE has room for it. Is an
// SPTE that was made before, or is made now, found valid meanwhile, and is the cache of a vCPU
// filled?

import type { Vm } from '#vocabulary';
import { FLAGGED } from '../era-rules.ts';
import { BOTH_MASKS, M, type SequentialScenario, type Subject, X } from '../scenario.ts';

const PAGE = 0x1000n;
const FLAG = 1n << 63n;
const NUMBERS: readonly bigint[] = [0n, 2n, 4n, 1n << 9n, 1n << 17n, (1n << 19n) - 2n];

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'generation/a-number-in-flux-is-never-valid',
  eras: FLAGGED,
  gfns: [X, M],
  host: BOTH_MASKS,
  check: (subject) => {
    for (const number of NUMBERS) {
      const before = subject.fresh({ generationStart: number }, (vm) => vm.mmio.mark(M, 0));
      subject.fresh({ generationStart: number | FLAG }, (vm) => checkWindow(subject, vm, before));
    }
    return NUMBERS.length;
  },
};

function checkWindow({ report }: Subject, vm: Vm, before: bigint): void {
  const { isCurrent, reading, vcpuCache, writeSpte } = vm.internals;
  for (const spte of [before, vm.mmio.mark(M, 0)]) {
    if (reading(() => isCurrent(spte)))
      report('no-in-flux-tag', 'an SPTE is found valid while an update is under way');
  }
  writeSpte(M, before);
  const vcpu = vm.vcpu(null);
  const kinds = [1, 2].map(() => vm.access(vcpu, M * PAGE).kind);
  if (kinds.some((kind) => kind !== 'mmio-lookup'))
    report('no-in-flux-tag', `while an update is under way, MMIO is ${kinds.join(', ')}`);
  const { gva, gfn, access } = vcpuCache.contents(vcpu);
  if (gva !== 0n || gfn !== 0n || access !== 0)
    report('vcpu-cache-exact', 'it is filled while an update is under way');
}
