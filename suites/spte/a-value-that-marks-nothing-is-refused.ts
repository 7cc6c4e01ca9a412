// SPDX-License-Identifier: GPL-2.0-only
// Which bits may tell an MMIO SPTE from all others? Not those of the generation, not those where
// the L1 terminal fault's mitigation puts address bits, not those of an entry that somebody is
// about to replace, and none outside of the mask. A value that has them is refused, and nothing is
// cached then; any other one is taken as it is.

import { BOTH_MASKS, M, type SequentialScenario, X } from '../scenario.ts';

const PRESENT = 1n;
/** The generation is in bits 3 to 10 and 52 to 62, and bit 11 says that an entry is present. */
const isTaken = (bit: number) => (bit >= 3 && bit <= 11) || (bit >= 52 && bit <= 62);
/** With 40 address bits the cache works with 44. The five highest move up by five. */
const isMoved = (bit: number) => bit >= 44 && bit <= 48;
/** In an entry that is about to be replaced too, and in every one that says nothing. */
const EMPTY = 63;

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'spte/a-value-that-marks-nothing-is-refused',
  eras: ['v6.12'],
  gfns: [X, M],
  host: { ...BOTH_MASKS, l1tf: true, maxphyaddr: 40 },
  check: ({ vm, report }) => {
    let checked = 0;
    const expect = (value: bigint, mask: bigint, isKept: boolean) => {
      checked++;
      if (vm.internals.mmioValueOf!(value, mask) === (isKept ? value : 0n)) return;
      report(
        'spte-bits',
        isKept ? 'a good value is refused' : 'a value that marks nothing is kept',
      );
    };
    for (let bit = 1; bit < 64; bit++) {
      const own = 1n << BigInt(bit);
      const isGood = !isTaken(bit) && !isMoved(bit);
      // Of an entry that is about to be replaced bit 63 is set as well, but never bit 0.
      expect(own, own, isGood && bit !== EMPTY);
      expect(own | PRESENT, own | PRESENT, isGood);
      expect(own | PRESENT, own, false);
      // The mask may have more bits than the value, if they may be used.
      expect(PRESENT, own | PRESENT, !isTaken(bit));
    }
    return checked;
  },
};
