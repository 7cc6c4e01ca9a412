// SPDX-License-Identifier: GPL-2.0-only
// A call may run out of memory at either of two places. Is everything as before, is all memory
// accounted for, and does the same call succeed when it is made again?

import { isExpected, judgeLeaks, judgeLookup } from '../at-rest.ts';
import { type Failure, type MemoryMap, setMemoryRegion } from '../memory-map.ts';
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

/** The second of two calls fails. */
const CALLS: readonly (readonly [before: Update, failing: Update])[] = [
  [createSlot(1, Y), createSlot(0, X)],
  // A new slot with a dirty log.
  [createSlot(1, Y), logDirty(0, X)],
  [createSlot(0, X), deleteSlot(0, X)],
  [createSlot(0, X), moveSlot(0, Y)],
  [createSlot(0, X), logDirty(0, X)],
];

/**
 * Allocations of direct execution go on from the set that the VM began with, `memslots 0`, or from
 * its first slot, `memory_slot 0`.
 */
const FAILURES: readonly (readonly [
  Failure,
  { failPrepare?: number[]; failAllocations?: string[]; addressSpaces?: 1 },
])[] = [
  ['late', { failPrepare: [2] }],
  ['early', { failAllocations: ['memslots 0b', 'memory_slot 0a'], addressSpaces: 1 }],
];

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'ioctl/a-failing-call-changes-nothing',
  eras: null,
  gfns: [X, M],
  // Which slots there are does not depend on how an SPTE is marked.
  host: { mmio: ['ept'] },
  check: (subject) => {
    for (const [before, failing] of CALLS) {
      for (const [failure, host] of FAILURES) {
        subject.fresh(host, (vm) => checkFailure(subject, vm, before, failing, failure));
      }
    }
    return CALLS.length * FAILURES.length;
  },
};

function checkFailure(
  { host, report }: Subject,
  vm: Subject['vm'],
  before: Update,
  failing: Update,
  failure: Failure,
): void {
  const map: MemoryMap = setMemoryRegion(new Map(), before.region, host.userMemSlots).map;
  vm.setMemoryRegion(before.region);
  const expected = setMemoryRegion(map, failing.region, host.userMemSlots, failure);
  const result = vm.setMemoryRegion(failing.region);
  if (result !== expected.result)
    report('arguments-checked', `${failing.text}: ${result}, not ${expected.result}`);
  if (!isExpected(vm.slots(), map)) report('failed-update-restores', 'the slot is not as it was');
  judgeLookup(vm, vm.slots(), X, report);
  judgeLeaks(vm, report);
  const again = setMemoryRegion(map, failing.region, host.userMemSlots);
  if (vm.setMemoryRegion(failing.region) !== 0 || !isExpected(vm.slots(), again.map))
    report('failed-update-restores', 'the same call fails again');
  judgeLeaks(vm, report);
}
