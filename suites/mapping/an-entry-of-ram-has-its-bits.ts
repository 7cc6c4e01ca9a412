// SPDX-License-Identifier: GPL-2.0-only
// An SPTE of RAM is written for each page and each set of rights, over nothing and over what was
// there before. Is every bit where the processor and KVM look for it, and is the page read back?

import type { MappedPage } from '#vocabulary';
import { BOTH_MASKS, M, type SequentialScenario, type Subject, X } from '../scenario.ts';
import { ADDRESS_BITS, ALL_ACCESS, isPresentByBit0, ramEntry, remadeEntry } from '../spte-rules.ts';

const U64 = (1n << 64n) - 1n;
const PFN_BITS = 40;
/** Each bit of a page frame alone, and all. */
const PFNS: readonly bigint[] = [
  ...Array.from({ length: PFN_BITS }, (_, bit) => 1n << BigInt(bit)),
  (1n << BigInt(PFN_BITS)) - 1n,
];
const BOTH = [false, true];

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'mapping/an-entry-of-ram-has-its-bits',
  eras: null,
  gfns: [X, M],
  host: BOTH_MASKS,
  check: (subject) => checkPages(subject) + checkRights(subject),
};

function checkPages({ vm, era, host, report }: Subject): number {
  const { ram } = vm.internals;
  for (const pfn of PFNS) {
    const spte = ramEntry(era, host, pageOf(pfn));
    if (ram.set(0n, pageOf(pfn)) !== spte) report('spte-bits', 'a page is put elsewhere');
    if (ram.pfnOf(spte) !== pfn) report('spte-bits', 'a page is read back changed');
    // Whatever the other bits are.
    if (ram.pfnOf(spte | (U64 & ~ADDRESS_BITS)) !== pfn)
      report('spte-bits', 'bits beside the page are read as part of it');
    if (!ram.isPresent(spte)) report('spte-bits', 'a present SPTE is not taken for one');
    if (isPresentByBit0(era) && ram.isPresent(spte & ~1n))
      report('spte-bits', 'an SPTE without bit 0 counts as present');
  }
  if (ram.isPresent(vm.mmio.mark(X, ALL_ACCESS)))
    report('spte-bits', 'an MMIO SPTE counts as present');
  return PFNS.length;
}

function checkRights({ vm, era, host, report }: Subject): number {
  const { ram } = vm.internals;
  const before = [0n, ramEntry(era, host, pageOf(2n)), vm.mmio.mark(X, ALL_ACCESS)];
  let checked = 0;
  for (let access = 0; access <= ALL_ACCESS; access++) {
    for (const isSpeculative of BOTH) {
      for (const isHostWritable of BOTH) {
        for (const old of [...before, ramEntry(era, host, pageOf(1n))]) {
          const page = { ...pageOf(1n), access, isSpeculative, isHostWritable };
          checked++;
          const isDropped = old === 0n || old === ramEntry(era, host, pageOf(2n));
          const expected = (isDropped ? ramEntry : remadeEntry)(era, host, page);
          if (ram.set(old, page) !== expected) report('spte-bits', 'an SPTE of RAM has other bits');
        }
      }
    }
  }
  return checked;
}

function pageOf(pfn: bigint): MappedPage {
  return { gfn: X, pfn, access: ALL_ACCESS, isSpeculative: false, isHostWritable: true };
}
