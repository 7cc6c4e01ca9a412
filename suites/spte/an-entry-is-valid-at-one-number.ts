// SPDX-License-Identifier: GPL-2.0-only
// An MMIO SPTE holds a number. Is it valid as long as that is the current one, and at no other that
// differs in a single bit?

import { rulesOf } from '../era-rules.ts';
import { BOTH_MASKS, M, type SequentialScenario, X } from '../scenario.ts';

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'spte/an-entry-is-valid-at-one-number',
  eras: null,
  gfns: [X, M],
  host: BOTH_MASKS,
  check: ({ fresh, era, report }) => {
    const { step, bitsInSpte } = rulesOf(era);
    const starts = [
      0n,
      ...Array.from({ length: 19 }, (_, bit) => BigInt(step) << BigInt(bit)),
    ].filter((start) => start < 1n << BigInt(Math.min(19, bitsInSpte)));
    const entries = starts.map((generationStart) =>
      fresh({ generationStart }, (vm) => vm.mmio.mark(X, 0)),
    );
    starts.forEach((generationStart, i) => {
      fresh({ generationStart }, ({ internals }) => {
        internals.reading(() => {
          entries.forEach((spte, j) => {
            const isCurrent = internals.isCurrent(spte);
            if (isCurrent && i !== j) report('stale-after-update', 'SPTE of another number');
            if (!isCurrent && i === j) report('cache-effective-at-rest', 'SPTE');
          });
        });
      });
    });
    return starts.length ** 2;
  },
};
