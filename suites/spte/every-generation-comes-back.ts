// SPDX-License-Identifier: GPL-2.0-only
// Is every generation of the era's range, put into an SPTE, read back as it was?

import { rulesOf } from '../era-rules.ts';
import { BOTH_MASKS, M, type SequentialScenario, X } from '../scenario.ts';

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'spte/every-generation-comes-back',
  eras: null,
  gfns: [X, M],
  host: BOTH_MASKS,
  check: ({ vm: { mmio }, era, report }) => {
    const { stepInSptes: step } = rulesOf(era);
    const mask = mmio.mmioMask();
    const max = mmio.generationMax();
    let checked = 0;
    let wrong = 0;
    if (!(max >= 0)) report('spte-round-trip', 'an SPTE has room for no generation');
    for (let generation = 0; generation <= max; generation += step) {
      checked++;
      if (mmio.generationOf(mmio.generationMask(generation) | mask) === generation) continue;
      wrong++;
      // The rest of half a million would be more of the same.
      if (wrong > 1000) break;
    }
    if (wrong > 0) report('spte-round-trip', 'a generation is read back changed');
    return checked;
  },
};
