// SPDX-License-Identifier: GPL-2.0-only
// A processor with the L1 terminal fault may look an entry up in its cache though the entry is not
// present. Does that of MMIO then lead to where no memory can be, whatever its gfn is; does the gfn
// come back all the same; and is the mark that of any other processor?

import { FLAGGED } from '../era-rules.ts';
import { BOTH_MASKS, M, type SequentialScenario, type Subject, X } from '../scenario.ts';
import { mmioMask } from '../spte-rules.ts';

/** Address bits of processors; their cache works with 44 at least. */
const FROM = 36;
const TO = 52;
const CACHE_FROM = 44;
/** The highest bits that the cache works with are set, where there are as many above them. */
const SET = 5;
const PAGE_BITS = 12;

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'spte/an-entry-without-memory-leads-nowhere',
  eras: FLAGGED,
  gfns: [X, M],
  host: { ...BOTH_MASKS, l1tf: true },
  check: (subject) => {
    let checked = 0;
    for (let maxphyaddr = FROM; maxphyaddr <= TO; maxphyaddr++)
      checked += subject.fresh({ maxphyaddr }, ({ mmio }) => checkHost(subject, mmio, maxphyaddr));
    return checked;
  },
};

type Mmio = Subject['vm']['mmio'];

function checkHost({ era, host, report }: Subject, mmio: Mmio, addressBits: number): number {
  if (mmio.mmioMask() !== mmioMask(era, { ...host, maxphyaddr: addressBits }))
    report('spte-bits', 'the mark of MMIO has other bits');
  const cacheBits = Math.max(CACHE_FROM, addressBits);
  if (cacheBits + SET >= TO) return 1;
  const nowhere = ((1n << BigInt(SET)) - 1n) << BigInt(cacheBits - SET);
  const gfns = gfnsOf(addressBits - PAGE_BITS);
  for (const gfn of gfns) {
    const spte = mmio.mark(gfn, 0);
    if ((spte & nowhere) !== nowhere) report('spte-bits', 'an entry without memory leads to some');
    if (mmio.gfnOf(spte) !== gfn) report('spte-round-trip', 'a gfn is read back changed');
  }
  return 1 + gfns.length;
}

/** None, each bit alone, and all of so many. */
function gfnsOf(bits: number): readonly bigint[] {
  const each = Array.from({ length: bits }, (_, bit) => 1n << BigInt(bit));
  return [0n, ...each, (1n << BigInt(bits)) - 1n];
}
