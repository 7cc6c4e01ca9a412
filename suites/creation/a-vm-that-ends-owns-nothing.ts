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

const SLOTS = 3;

const three = [createSlot(0, X), createSlot(1, Y), createSlot(2, Y + 1n)];

const LISTS: readonly (readonly Update[])[] = [
  [],
  [createSlot(1, X)],
  three,
  [...three, deleteSlot(1, Y)],
  [...three, moveSlot(0, M - 1n), logDirty(1, Y)],
];

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'creation/a-vm-that-ends-owns-nothing',
  eras: null,
  gfns: [X, M],
  // Slots are the same whatever an SPTE looks like.
  host: { mmio: ['ept'], userMemSlots: SLOTS },
  check: ({ vm, fresh, report }) => {
    const lists = vm.addressSpaces === 2 ? [...LISTS, ...LISTS.map(inBothSpaces)] : LISTS;
    for (const updates of lists) fresh({}, (one) => checkEnd(report, one, updates));
    return lists.length;
  },
};

function inBothSpaces(updates: readonly Update[]): readonly Update[] {
  return [...updates, ...updates.map(inSmm)];
}

function checkEnd(report: Subject['report'], vm: Subject['vm'], updates: readonly Update[]): void {
  for (const { region } of updates) vm.setMemoryRegion(region);
  vm.internals.destroy!();
  judgeEnded(report);
}
