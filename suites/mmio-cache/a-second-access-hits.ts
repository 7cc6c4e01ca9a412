// SPDX-License-Identifier: GPL-2.0-only
// After every kind of update, and at numbers of every size: is MMIO looked up once and then cached,
// and does a slot that comes or goes end that?

import type { AccessKind } from '#vocabulary';
import { rulesOf } from '../era-rules.ts';
import {
  BOTH_MASKS,
  createSlot,
  deleteSlot,
  logDirty,
  M,
  moveSlot,
  type SequentialScenario,
  type Subject,
  type Update,
  X,
  Y,
} from '../scenario.ts';

const PAGE = 0x1000n;

const UPDATES: readonly Update[] = [
  createSlot(0, X),
  logDirty(0, X),
  moveSlot(0, Y),
  deleteSlot(0, Y),
];

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'mmio-cache/a-second-access-hits',
  eras: null,
  gfns: [X, M],
  host: BOTH_MASKS,
  check: (subject) => {
    const { step } = rulesOf(subject.era);
    let checked = subject.fresh({}, (vm) => checkHits(subject, vm));
    for (let bit = 0; bit < 20; bit++) {
      const generationStart = BigInt(step) << BigInt(bit);
      checked += subject.fresh({ generationStart }, (vm) => checkHits(subject, vm));
    }
    return checked;
  },
};

function checkHits({ report }: Subject, vm: Subject['vm']): number {
  const access = (vcpu: object): AccessKind => vm.access(vcpu, M * PAGE).kind;
  for (const update of [null, ...UPDATES]) {
    if (update !== null) vm.setMemoryRegion(update.region);
    const vcpu = vm.vcpu(null);
    access(vcpu);
    if (access(vcpu) !== 'mmio-vcpu') report('cache-effective-at-rest', 'vCPU cache');
    if (access(vm.vcpu(null)) !== 'mmio-spte') report('cache-effective-at-rest', 'SPTE');
  }
  return 2 * (UPDATES.length + 1);
}
