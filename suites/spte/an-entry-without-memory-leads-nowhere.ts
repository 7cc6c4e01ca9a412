// SPDX-License-Identifier: GPL-2.0-only
// A processor with the L1 terminal fault may look an entry up in its cache though the entry is not
// present. Does that of MMIO then lead to where no memory can be, whatever its gfn is, and does the
// gfn come back all the same?

import { FLAGGED } from '../era-rules.ts';
import { BOTH_MASKS, M, type SequentialScenario, type Subject, X } from '../scenario.ts';

/** Address bits of processors that have the fault; their cache works with 44 at least. */
const FROM = 36;
const TO = 46;
const CACHE_FROM = 44;
/** The highest bits that the cache works with are set: there no memory is. */
const SET = 5;
const PAGE_BITS = 12;

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'spte/an-entry-without-memory-leads-nowhere',
  eras: FLAGGED,
  gfns: [X, M],
  host: { ...BOTH_MASKS, l1tf: true },
  check: ({ fresh, report }) => {
    let checked = 0;
    for (let maxphyaddr = FROM; maxphyaddr <= TO; maxphyaddr++)
      checked += fresh({ maxphyaddr }, ({ mmio }) => checkGfns(report, mmio, maxphyaddr));
    return checked;
  },
};

function checkGfns(
  report: Subject['report'],
  mmio: Subject['vm']['mmio'],
  addressBits: number,
): number {
  const cacheBits = BigInt(Math.max(CACHE_FROM, addressBits));
  const nowhere = ((1n << BigInt(SET)) - 1n) << (cacheBits - BigInt(SET));
  const bits = addressBits - PAGE_BITS;
  const each = Array.from({ length: bits }, (_, bit) => 1n << BigInt(bit));
  const gfns = [0n, ...each, (1n << BigInt(bits)) - 1n];
  for (const gfn of gfns) {
    const spte = mmio.mark(gfn, 0);
    if ((spte & nowhere) !== nowhere) report('spte-bits', 'an entry without memory leads to some');
    if (mmio.gfnOf(spte) !== gfn) report('spte-round-trip', 'a gfn is read back changed');
  }
  return gfns.length;
}
