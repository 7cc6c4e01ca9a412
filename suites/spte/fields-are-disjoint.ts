// SPDX-License-Identifier: GPL-2.0-only
// Which bits of an SPTE does each field use, and does any of them belong to two fields, on any
// host? The bits of a field are those that differ when nothing else does. And is an SPTE that is
// about to be replaced like no other one?

import type { Internals, MmioSpteFunctions, Vm } from '#vocabulary';
import { rulesOf } from '../era-rules.ts';
import { BOTH_MASKS, M, type SequentialScenario, type Subject, X } from '../scenario.ts';

/** Physical address bits of processors; 52 leaves no reserved bit. */
const FROM = 36;
const TO = 52;
const PAGE_BITS = 12;

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'spte/fields-are-disjoint',
  eras: null,
  gfns: [X, M],
  host: BOTH_MASKS,
  check: (subject) => {
    let checked = 0;
    for (let maxphyaddr = FROM; maxphyaddr <= TO; maxphyaddr++) {
      for (const l1tf of [false, true])
        checked += subject.fresh({ maxphyaddr, l1tf }, (vm) => checkHost(subject, vm, maxphyaddr));
    }
    return checked;
  },
};

function checkHost({ era, report }: Subject, { mmio, internals }: Vm, addressBits: number): number {
  // Without a mark no SPTE is one of MMIO.
  if (mmio.mmioMask() === 0n) return 0;
  const { stepInSptes: step } = rulesOf(era);
  let generation = 0n;
  for (let bit = step; bit <= mmio.generationMax(); bit *= 2)
    generation |= mmio.generationMask(bit);
  const plain = mmio.mark(0n, 0);
  let gfn = 0n;
  for (let bit = 0; bit < addressBits - PAGE_BITS; bit++)
    gfn |= mmio.mark(1n << BigInt(bit), 0) ^ plain;
  const fields: readonly (readonly [name: string, bits: bigint])[] = [
    ['the generation', generation],
    ['the gfn', gfn],
    ['the access rights', mmio.mark(0n, 7) ^ plain],
    ['the mask', mmio.mmioMask()],
  ];
  let checked = checkFrozen(mmio, internals, report);
  fields.forEach(([name, bits], i) => {
    for (const [other, others] of fields.slice(i + 1)) {
      checked++;
      if ((bits & others) !== 0n) report('spte-fields-disjoint', `${name} and ${other}`);
    }
  });
  return checked;
}

/** It must hold what every entry holds that is not present, and be none of the others. */
function checkFrozen(
  { isMmio }: MmioSpteFunctions,
  { frozen: values, ram }: Internals,
  report: Subject['report'],
): number {
  if (values === undefined) return 0;
  const { frozen, empty } = values;
  const isLike = frozen === empty || isMmio(frozen) || ram.isPresent(frozen);
  if (isLike || (frozen & empty) !== empty)
    report('spte-fields-disjoint', 'a frozen entry and another kind');
  return 1;
}
