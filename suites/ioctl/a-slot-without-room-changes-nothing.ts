// SPDX-License-Identifier: GPL-2.0-only
// The architecture's own memory for a new slot cannot be had. Is the call refused as out of memory,
// is everything as before, and does it succeed when it is made again?

import { isExpected, judgeLeaks } from '../at-rest.ts';
import { type MemoryMap, setMemoryRegion } from '../memory-map.ts';
import {
  BOTH_MASKS,
  createSlot,
  M,
  type SequentialScenario,
  type Subject,
  X,
  Y,
} from '../scenario.ts';

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'ioctl/a-slot-without-room-changes-nothing',
  eras: null,
  gfns: [X, M],
  // Newer eras give a slot its rmaps late, but for shadowed tables.
  host: BOTH_MASKS,
  check: (subject) => {
    const blocks = blocksOf(subject);
    for (const { block, ordinal } of blocks)
      subject.fresh({ failAllocations: [block] }, (vm) => checkFailure(subject, vm, ordinal));
    return blocks.length;
  },
};

/** What new slots need, each with the place of the slot, from 1: `rmap 0`, `rmap 0a` and so on. */
function blocksOf({ era, host }: Subject): { readonly block: string; readonly ordinal: number }[] {
  const isLate = era === 'v6.12' && host.mmio === 'ept';
  const labels = [...(isLate ? [] : ['rmap']), ...(era === 'v6.12' ? ['lpage_info'] : [])];
  return labels.flatMap((label) => [
    { block: `${label} 0`, ordinal: 1 },
    { block: `${label} 0a`, ordinal: 2 },
  ]);
}

/** Creates slots until one fails, and that one again. */
function checkFailure({ host, report }: Subject, vm: Subject['vm'], ordinal: number): void {
  let map: MemoryMap = new Map();
  const calls = [createSlot(0, Y), createSlot(1, X)].slice(0, ordinal);
  calls.forEach(({ region }, i) => {
    const failure = i === ordinal - 1 ? 'early' : null;
    const step = setMemoryRegion(map, region, host.userMemSlots, failure);
    const before = vm.generation();
    const result = vm.setMemoryRegion(region);
    map = step.map;
    if (result !== step.result)
      report('arguments-checked', `a slot without room: ${result}, not ${step.result}`);
    if (!isExpected(vm.slots(), map)) report('failed-update-restores', 'the slot is there');
    if (failure !== null && vm.generation() !== before)
      report('arguments-checked', 'a call that fails early installs something');
  });
  const { region } = calls.at(-1)!;
  const again = setMemoryRegion(map, region, host.userMemSlots);
  if (vm.setMemoryRegion(region) !== 0 || !isExpected(vm.slots(), again.map))
    report('failed-update-restores', 'the same call fails again');
  judgeLeaks(vm, report);
}
