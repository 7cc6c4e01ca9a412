// SPDX-License-Identifier: GPL-2.0-only
// A VM ends with whatever slots it has. Is all that they own given back, and once?

import { judgeEnded } from '../at-rest.ts';
import {
  createSlot,
  deleteSlot,
  inSmm,
  logDirty,
  M,
  moveSlot,
  type SequentialScenario,
  type Subject,
  type Update,
  X,
  Y,
} from '../scenario.ts';

/** Three of them are all that there may be. */
const SLOTS = 3;
const CALLS: readonly Update[] = [
  createSlot(0, X),
  createSlot(1, Y),
  createSlot(2, Y + 1n, 2n),
  inSmm(createSlot(1, X)),
  deleteSlot(1, Y),
  moveSlot(0, M - 1n),
  logDirty(0, X),
];
const LENGTH = 3;

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'creation/a-vm-that-ends-owns-nothing',
  eras: null,
  gfns: [X, M],
  // Slots are the same whatever an SPTE looks like.
  host: { mmio: ['ept'], userMemSlots: SLOTS },
  exhausts: `the end of a VM after any list of up to ${LENGTH} of ${CALLS.length} calls`,
  check: ({ fresh, report }) => {
    const lists = listsOf(LENGTH);
    for (const calls of lists) fresh({}, (vm) => checkEnd(report, vm, calls));
    return lists.length;
  },
};

/** All lists of up to so many calls, the shortest first. */
function listsOf(length: number): readonly (readonly Update[])[] {
  if (length === 0) return [[]];
  const shorter = listsOf(length - 1);
  const longest = shorter.filter((list) => list.length === length - 1);
  return [...shorter, ...longest.flatMap((list) => CALLS.map((call) => [...list, call]))];
}

function checkEnd(report: Subject['report'], vm: Subject['vm'], calls: readonly Update[]): void {
  for (const { region } of calls) vm.setMemoryRegion(region);
  vm.internals.destroy!();
  judgeEnded(report);
}
