// SPDX-License-Identifier: GPL-2.0-only
// Slots are sorted by a function that compares two of them. Does it say the opposite when it is
// asked the other way round, and nothing of equals? A sort that asks one way only would not notice.

import { M, type SequentialScenario, X } from '../scenario.ts';

const SIZES: readonly bigint[] = [0n, 1n, 2n, 3n, 0x8000n, 1n << 30n, (1n << 31n) - 1n];

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'memslots/slots-compare-by-size-both-ways',
  // Later eras have no such function: they put a slot where its gfn belongs.
  eras: ['v3.16', 'v3.17'],
  gfns: [X, M],
  // Slots are the same whatever an SPTE looks like.
  host: { mmio: ['ept'] },
  check: ({ vm: { internals }, report }) => {
    for (const size of SIZES) {
      for (const other of SIZES) {
        const expected = size > other ? -1 : size < other ? 1 : 0;
        if (Math.sign(internals.compareSlots(size, other)) !== expected)
          report('sorted-by-size', 'two slots compare the wrong way');
      }
    }
    return SIZES.length ** 2;
  },
};
