// SPDX-License-Identifier: GPL-2.0-only
// An MMIO SPTE is made and then left alone for any number of installs, until numbers come again. Is
// the next access to it decided by the slots, and not by the entry?

import { rulesOf } from '../era-rules.ts';
import {
  BOTH_MASKS,
  createSlot,
  logDirty,
  M,
  type SequentialScenario,
  type Subject,
  X,
  Y,
} from '../scenario.ts';

const PAGE = 0x1000n;
/** In v3.17 the lowest bit is not stored, so both eras store two bits above the split. */
const NARROW = { low: 2, high: 2 };
const INSTALLS = 40;
/** In the full layout: from a number to one that differs in a single bit of the upper field. */
const FAR: readonly bigint[] = Array.from({ length: 9 }, (_, bit) => 1n << BigInt(bit + 10));

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'generation/an-entry-of-another-number-is-never-valid',
  eras: null,
  gfns: [X, M],
  host: BOTH_MASKS,
  check: (subject) => {
    for (let installs = 1; installs <= INSTALLS; installs++)
      subject.fresh({ generationBits: NARROW }, (vm) => checkOld(subject, vm, installs));
    for (const generationStart of farIn(subject))
      subject.fresh({ generationStart }, (vm) => checkFar(subject, vm));
    return INSTALLS + farIn(subject).length;
  },
};

/** Those that leave another number in an SPTE. */
function farIn({ era }: Subject): readonly bigint[] {
  const { inSpte, bitsInSpte } = rulesOf(era);
  return FAR.filter((start) => inSpte(start, bitsInSpte) !== inSpte(0n, bitsInSpte));
}

function checkOld({ report }: Subject, vm: Subject['vm'], installs: number): void {
  vm.setMemoryRegion(createSlot(1, Y).region);
  vm.access(vm.vcpu(null), M * PAGE);
  for (let i = 0; i < installs; i++)
    vm.setMemoryRegion({ ...logDirty(1, Y).region, flags: (i + 1) % 2 });
  const { kind } = vm.access(vm.vcpu(null), M * PAGE);
  if (kind !== 'mmio-lookup') report('zap-before-reuse', `an old SPTE is found valid: ${kind}`);
}

/** A stray SPTE of generation 0 stands for one that nobody looked at for a long time. */
function checkFar({ era, report }: Subject, vm: Subject['vm']): void {
  const { inSpte, bitsInSpte } = rulesOf(era);
  const { mmio } = vm;
  const old = mmio.generationMask(inSpte(0n, bitsInSpte)) | mmio.mmioMask() | (M * PAGE);
  vm.internals.writeSpte(M, old);
  const { kind } = vm.access(vm.vcpu(null), M * PAGE);
  if (kind !== 'mmio-lookup') report('zap-before-reuse', `an old SPTE is found valid: ${kind}`);
}
