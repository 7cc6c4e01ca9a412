// SPDX-License-Identifier: GPL-2.0-only
// For every processor that there may be: is an MMIO SPTE marked by just the bits that make it
// fault, and how many bits of the generation does it hold?

import { rulesOf } from '../era-rules.ts';
import { BOTH_MASKS, M, type SequentialScenario, type Subject, X } from '../scenario.ts';
import { mmioMask } from '../spte-rules.ts';

const PAGE = 0x1000n;
/** Address bits of processors: 52 leaves none reserved. */
const FROM = 32;
const TO = 52;
const NARROW: readonly { readonly low: number; readonly high: number }[] = [
  { low: 2, high: 0 },
  { low: 3, high: 2 },
];

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'spte/the-mark-is-that-of-the-host',
  eras: null,
  gfns: [X, M],
  host: BOTH_MASKS,
  check: (subject) => {
    let checked = 0;
    for (let maxphyaddr = FROM; maxphyaddr <= TO; maxphyaddr++)
      checked += subject.fresh({ maxphyaddr }, (vm) => checkMark(subject, vm, maxphyaddr));
    return checked + checkWidths(subject);
  },
};

function checkMark({ era, host, report }: Subject, vm: Subject['vm'], maxphyaddr: number): number {
  const mask = mmioMask(era, { ...host, maxphyaddr });
  if (vm.mmio.mmioMask() !== mask) report('spte-bits', 'the mark of MMIO has other bits');
  vm.access(vm.vcpu(null), X * PAGE);
  if ((vm.spte(X) & mask) !== mask) report('spte-bits', 'an MMIO SPTE lacks its mark');
  return 2;
}

function checkWidths(subject: Subject): number {
  const { era, report } = subject;
  const { bitsInSpte, inSpte } = rulesOf(era);
  const expect = (vm: Subject['vm'], bits: number, generation: bigint) => {
    if (vm.mmio.generationMax() !== 2 ** bits - 1)
      report('spte-bits', 'the generation of an SPTE has another width');
    if (vm.mmio.currentGeneration() !== inSpte(generation, bits))
      report('spte-bits', 'the generation is cut down in another way');
    return 2;
  };
  let checked = 0;
  for (let bit = 1n; bit < 64n; bit++) {
    const generationStart = 1n << bit;
    checked += subject.fresh({ generationStart }, (vm) => expect(vm, bitsInSpte, generationStart));
  }
  for (const generationBits of NARROW) {
    for (let generationStart = 0n; generationStart < 64n; generationStart += 2n) {
      checked += subject.fresh({ generationBits, generationStart }, (vm) =>
        expect(vm, generationBits.low + generationBits.high, generationStart),
      );
    }
  }
  return checked;
}
