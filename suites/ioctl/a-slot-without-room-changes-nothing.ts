// SPDX-License-Identifier: GPL-2.0-only
// The architecture's own memory for a new slot cannot be had. Is the call refused as out of memory,
// is everything as before, and does it succeed when it is made again?

import { isExpected, judgeLeaks } from '../at-rest.ts';
import { type MemoryMap, setMemoryRegion } from '../memory-map.ts';
import { createSlot, M, type SequentialScenario, type Subject, X, Y } from '../scenario.ts';

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'ioctl/a-slot-without-room-changes-nothing',
  eras: null,
  gfns: [X, M],
  // Slots are the same whatever an SPTE looks like.
  host: { mmio: ['ept'] },
  check: (subject) => {
    // The blocks of new slots are `rmap 0`, `rmap 0a` and so on; an era may need another one first.
    const blocks = [
      ['rmap 0', 'lpage_info 0'],
      ['rmap 0a', 'lpage_info 0a'],
    ];
    blocks.forEach((block, i) => {
      subject.fresh({ failAllocations: block }, (vm) => checkFailure(subject, vm, i + 1));
    });
    return blocks.length;
  },
};

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
