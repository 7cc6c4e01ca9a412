// SPDX-License-Identifier: GPL-2.0-only
// What is tagged while an update is under way must never be found valid. Does an SPTE ever equal a
// number in flux, and is a number at rest ever read as one?

import { rulesOf } from '../era-rules.ts';
import { BOTH_MASKS, M, type SequentialScenario, type Subject, X } from '../scenario.ts';

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'spte/numbers-in-flux-never-match',
  // v3.16 has no such numbers.
  eras: ['v3.17', 'v3.19', 'v4.19'],
  gfns: [X, M],
  host: BOTH_MASKS,
  check: (subject) => {
    const { era, report, vm } = subject;
    const { isInFlux } = rulesOf(era);
    const { mmio } = vm;
    const mask = mmio.mmioMask();
    const max = mmio.generationMax();
    let checked = 0;
    let matches = 0;
    for (let generation = 0; generation <= max && matches < 1000; generation++) {
      if (!isInFlux(BigInt(generation))) continue;
      checked++;
      if (mmio.generationOf(mmio.generationMask(generation) | mask) === generation) matches++;
    }
    if (matches > 0) report('no-in-flux-tag', 'a number in flux equals what an SPTE holds');
    for (let generationStart = 0n; generationStart < 64n; generationStart++) {
      checked += subject.fresh({ generationStart }, (at) => checkNow(subject, at, generationStart));
    }
    return checked;
  },
};

function checkNow({ era, report }: Subject, { mmio }: Subject['vm'], generation: bigint): number {
  const { isInFlux } = rulesOf(era);
  const current = mmio.currentGeneration();
  if (isInFlux(generation)) {
    if ([0, 7].some((access) => mmio.generationOf(mmio.mark(X, access)) === current))
      report('no-in-flux-tag', 'an SPTE made in the window is valid in the window');
  } else if (isInFlux(BigInt(current))) {
    report('no-in-flux-tag', 'a number at rest reads as one in flux');
  }
  return 1;
}
