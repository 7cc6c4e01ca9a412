// SPDX-License-Identifier: GPL-2.0-only
// Installs are made until the numbers of SPTEs have come round several times. Is an SPTE ever found
// valid that was made at another number, and is the first wrap where the era wants it?

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
const NARROW = { low: 2, high: 2 };
/** Increments until a number of four bits comes again. */
const ROUND = 16;

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'generation/no-number-comes-again-to-an-old-entry',
  eras: null,
  gfns: [X, M],
  host: BOTH_MASKS,
  check: (subject) => {
    let checked = 1;
    const { installsUntilZap } = rulesOf(subject.era);
    const installs = subject.fresh({}, (vm) => untilZap(vm, 2 * installsUntilZap));
    if (installs !== installsUntilZap)
      subject.report('zap-before-reuse', 'the first wrap is not where the era wants it');
    for (let made = 0; made < ROUND; made++)
      checked += subject.fresh({ generationBits: NARROW }, (vm) => checkEntry(subject, vm, made));
    return checked;
  },
};

/** Makes one install; which one it is only decides how it is made. */
function install(vm: Subject['vm'], i: number): void {
  const { region } = i === 0 ? createSlot(1, Y) : logDirty(1, Y);
  vm.setMemoryRegion({ ...region, flags: i % 2 });
}

/** Makes an MMIO SPTE before each install, until an install removes it. */
function untilZap(vm: Subject['vm'], most: number): number {
  for (let i = 0; i < most; i++) {
    vm.access(vm.vcpu(null), M * PAGE);
    install(vm, i);
    if (!vm.mmio.isMmio(vm.spte(M))) return i + 1;
  }
  return most;
}

/** An entry is made after some installs and then left alone. */
function checkEntry({ report }: Subject, vm: Subject['vm'], made: number): number {
  let i = 0;
  while (i < made) install(vm, i++);
  vm.access(vm.vcpu(null), M * PAGE);
  const { mmio } = vm;
  let isOld = false;
  while (i < made + 3 * ROUND) {
    install(vm, i++);
    const spte = vm.spte(M);
    if (!mmio.isMmio(spte)) return i - made;
    if (mmio.generationOf(spte) !== mmio.currentGeneration()) isOld = true;
    else if (isOld) {
      report('zap-before-reuse', 'an old SPTE is valid again');
      return i - made;
    } else {
      report('zap-before-reuse', 'an install leaves an SPTE valid');
      return i - made;
    }
  }
  return i - made;
}
