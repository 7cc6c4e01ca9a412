// SPDX-License-Identifier: GPL-2.0-only
// Does every install move the memslots generation on by one step of the era, and only an install?

import { rulesOf } from '../era-rules.ts';
import {
  createSlot,
  deleteSlot,
  logDirty,
  M,
  moveSlot,
  type SequentialScenario,
  type Subject,
  type Update,
  X,
  Y,
} from '../scenario.ts';

const U64 = 1n << 64n;

/** Calls, and how often each installs. */
const CALLS: readonly (readonly [call: Update, installs: bigint])[] = [
  [createSlot(0, X), 1n],
  [createSlot(0, X), 0n],
  [logDirty(0, X), 1n],
  [moveSlot(0, Y), 2n],
  [createSlot(1, Y), 0n],
  [deleteSlot(0, Y), 2n],
  [deleteSlot(0, Y), 0n],
  [createSlot(0, X), 1n],
];

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'generation/every-install-makes-it-larger',
  eras: null,
  gfns: [X, M],
  // The number of the slots does not depend on how an SPTE is marked.
  host: { mmio: ['ept'] },
  check: (subject) => {
    const { era, vm, report } = subject;
    if (vm.generation() !== rulesOf(era).start)
      report('generation-monotonic', 'a new VM starts with another number');
    const starts = [null, 0n, 2n, (1n << 20n) - 4n, (1n << 32n) - 4n, U64 - 4n];
    const { isInFlux } = rulesOf(era);
    const atRest = starts.filter((start) => start === null || !isInFlux(start));
    for (const generationStart of atRest)
      subject.fresh({ generationStart }, (other) => checkCalls(subject, other));
    return atRest.length * CALLS.length;
  },
};

function checkCalls({ era, report }: Subject, vm: Subject['vm']): void {
  const { increment, isInFlux } = rulesOf(era);
  for (const [{ region }, installs] of CALLS) {
    const before = vm.generation();
    vm.setMemoryRegion(region);
    const grown = (vm.generation() - before + U64) % U64;
    if (grown === 0n && installs > 0n) report('generation-monotonic', 'it does not grow');
    else if (grown !== installs * increment)
      report('generation-monotonic', 'it grows by another step');
    if (isInFlux(vm.generation())) report('generation-monotonic', 'in flux at rest');
  }
}
