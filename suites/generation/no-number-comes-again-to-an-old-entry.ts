// SPDX-License-Identifier: GPL-2.0-only
// Installs are made until the numbers of SPTEs have come round several times. Is an SPTE ever found
// valid that was made at another number, and is the first wrap where the era wants it?

import type { AddressSpace } from '#vocabulary';
import { rulesOf } from '../era-rules.ts';
import {
  BOTH_MASKS,
  createSlot,
  inSmm,
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
/** Where the first wrap is further off, a VM begins so many installs before it. */
const NEAR = 200;

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'generation/no-number-comes-again-to-an-old-entry',
  eras: null,
  gfns: [X, M],
  host: BOTH_MASKS,
  check: (subject) => {
    let checked = 1;
    const { installsUntilZap } = rulesOf(subject.era);
    const near = Math.min(installsUntilZap, NEAR);
    const generationStart = startBefore(subject, installsUntilZap - near);
    const installs = subject.fresh({ generationStart }, (vm) => untilZap(vm, 2 * near));
    if (installs !== near)
      subject.report('zap-before-reuse', 'the first wrap is not where the era wants it');
    for (const space of subject.vm.addressSpaces === 2 ? ([0, 1] as const) : ([0] as const)) {
      for (let made = 0; made < ROUND; made++)
        checked += subject.fresh({ generationBits: NARROW }, (vm) =>
          checkEntry(subject, vm, made, space),
        );
    }
    return checked;
  },
};

/** The number after so many installs of a new VM; null for none. */
function startBefore({ era }: Subject, installs: number): bigint | null {
  const { start, increment } = rulesOf(era);
  return installs === 0 ? null : start + BigInt(installs) * increment;
}

/** Makes one install; which one it is only decides how it is made. */
function install(vm: Subject['vm'], i: number, space: AddressSpace = 0): void {
  const update = i === 0 ? createSlot(1, Y) : logDirty(1, Y);
  const { region } = space === 1 ? inSmm(update) : update;
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
function checkEntry(
  { era, report }: Subject,
  vm: Subject['vm'],
  made: number,
  space: AddressSpace,
): number {
  let i = 0;
  while (i < made) install(vm, i++, space);
  const vcpu = vm.vcpu(null);
  if (space === 1) vm.setSmm(vcpu, true);
  vm.access(vcpu, M * PAGE);
  const { mmio } = vm;
  const bits = NARROW.low + NARROW.high;
  let isOld = false;
  while (i < made + 3 * ROUND) {
    install(vm, i++, space);
    const spte = vm.spte(M, space);
    if (!mmio.isMmio(spte)) return i - made;
    const current = rulesOf(era).inSpte(vm.generation(space), bits);
    if (mmio.generationOf(spte) !== current) isOld = true;
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
