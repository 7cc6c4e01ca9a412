// SPDX-License-Identifier: GPL-2.0-only
// Which bits of an SPTE does each field use, and does any of them belong to two fields? The bits of
// a field are those that differ when nothing else does.

import { rulesOf } from '../era-rules.ts';
import { BOTH_MASKS, M, type SequentialScenario, X } from '../scenario.ts';

const GFN_BITS = 28;

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'spte/fields-are-disjoint',
  eras: null,
  gfns: [X, M],
  host: BOTH_MASKS,
  check: ({ vm: { mmio }, era, report }) => {
    const { stepInSptes: step } = rulesOf(era);
    let generation = 0n;
    for (let bit = step; bit <= mmio.generationMax(); bit *= 2)
      generation |= mmio.generationMask(bit);
    const plain = mmio.mark(0n, 0);
    let gfn = 0n;
    for (let bit = 0; bit < GFN_BITS; bit++) gfn |= mmio.mark(1n << BigInt(bit), 0) ^ plain;
    const fields: readonly (readonly [name: string, bits: bigint])[] = [
      ['the generation', generation],
      ['the gfn', gfn],
      ['the access rights', mmio.mark(0n, 7) ^ plain],
      ['the mask', mmio.mmioMask()],
    ];
    let checked = 0;
    fields.forEach(([name, bits], i) => {
      for (const [other, others] of fields.slice(i + 1)) {
        checked++;
        if ((bits & others) !== 0n) report('spte-fields-disjoint', `${name} and ${other}`);
      }
    });
    return checked;
  },
};
