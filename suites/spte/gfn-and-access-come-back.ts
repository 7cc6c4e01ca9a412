// SPDX-License-Identifier: GPL-2.0-only
// Does an MMIO SPTE give back gfn, access rights and generation, whatever the other two are?

import { rulesOf } from '../era-rules.ts';
import { BOTH_MASKS, M, type SequentialScenario, type Subject, X } from '../scenario.ts';

/** Each bit of a guest address of 40 bits alone, none, and all. */
const GFNS: readonly bigint[] = [
  0n,
  ...Array.from({ length: 28 }, (_, bit) => 1n << BigInt(bit)),
  (1n << 28n) - 1n,
];
const EXECUTE = 1;
const WRITE_AND_USER = 6;

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'spte/gfn-and-access-come-back',
  eras: null,
  gfns: [X, M],
  host: BOTH_MASKS,
  check: (subject) => {
    const { step } = rulesOf(subject.era);
    let checked = 0;
    for (let bit = 0; bit < 20; bit++) {
      const generationStart = BigInt(step) << BigInt(bit);
      checked += subject.fresh({ generationStart }, (vm) => checkMarks(subject, vm.mmio));
    }
    return checked;
  },
};

function checkMarks({ host, report }: Subject, mmio: Subject['vm']['mmio']): number {
  let checked = 0;
  for (const gfn of GFNS) {
    for (let access = 0; access <= (WRITE_AND_USER | EXECUTE); access++) {
      const spte = mmio.mark(gfn, access);
      // Under EPT the mask covers the bits of these rights: all entries look alike.
      const rights = host.mmio === 'ept' ? 0 : access & WRITE_AND_USER;
      if (!mmio.isMmio(spte)) report('spte-round-trip', 'an MMIO SPTE is not taken for one');
      if (mmio.gfnOf(spte) !== gfn) report('spte-round-trip', 'a gfn is read back changed');
      if (mmio.accessOf(spte) !== rights)
        report('spte-round-trip', 'access rights are read back changed');
      if (mmio.generationOf(spte) !== mmio.currentGeneration())
        report('spte-round-trip', 'a generation is read back changed');
      checked++;
    }
  }
  return checked;
}
