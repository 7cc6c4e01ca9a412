// SPDX-License-Identifier: GPL-2.0-only
// A slot may be bound to a file of private memory when it is made. Is everything refused that
// would change it afterwards, but for its deletion, and does no other slot become such a one?

import { areExpected } from '../at-rest.ts';
import { setMemoryRegion } from '../memory-map.ts';
import { createSlot, M, type SequentialScenario, type Subject, X, Y } from '../scenario.ts';

const EINVAL = 22;
const LOG_DIRTY = 1;
const READONLY = 2;
const GUEST_MEMFD = 4;

/** What a second call asks for, after one that made a slot with the flags; and what it returns. */
const CALLS: readonly (readonly [made: number, then: number, result: number])[] = [
  [GUEST_MEMFD, GUEST_MEMFD, -EINVAL],
  [GUEST_MEMFD, 0, -EINVAL],
  [GUEST_MEMFD, LOG_DIRTY, -EINVAL],
  [GUEST_MEMFD, READONLY, -EINVAL],
  [0, GUEST_MEMFD, -EINVAL],
  [0, LOG_DIRTY, 0],
  [0, 0, 0],
];
/** Flags that no slot is made with. */
const REFUSED = [GUEST_MEMFD | LOG_DIRTY, GUEST_MEMFD | READONLY, 8];

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'ioctl/memory-of-a-file-stays-so',
  eras: ['v6.12'],
  gfns: [X, M],
  // No rule about arguments looks at an SPTE.
  host: { mmio: ['ept'], privateMemory: true },
  check: (subject) => {
    for (const [made, then, expected] of CALLS)
      subject.fresh({}, (vm) => checkCalls(subject, vm, made, then, expected));
    const { region } = createSlot(0, X);
    for (const flags of REFUSED) {
      const result = subject.vm.setMemoryRegion({ ...region, flags });
      if (result !== -EINVAL)
        subject.report('arguments-checked', `a slot with flags ${flags}: ${result}`);
    }
    return CALLS.length + REFUSED.length;
  },
};

function checkCalls(
  { host, report }: Subject,
  vm: Subject['vm'],
  made: number,
  then: number,
  expected: number,
): void {
  const { region } = createSlot(0, X);
  const tell = (what: string, result: number) =>
    report('arguments-checked', `flags ${made}, then ${what}: ${result}`);
  const first = vm.setMemoryRegion({ ...region, flags: made });
  if (first !== 0) tell('nothing', first);
  const before = vm.generation();
  const result = vm.setMemoryRegion({ ...region, flags: then });
  if (result !== expected) tell(`flags ${then}`, result);
  if (expected !== 0 && vm.generation() !== before) tell('a refused call', 0);
  if (made === GUEST_MEMFD) {
    const moved = vm.setMemoryRegion({ ...createSlot(0, Y).region, flags: made });
    if (moved !== -EINVAL) tell('a move', moved);
  }
  const { map } = setMemoryRegion(new Map(), region, host.userMemSlots);
  if (expected !== 0 && !areExpected(vm, withFlags(map, made))) tell('other slots', 0);
  const deleted = vm.setMemoryRegion({ ...region, memory_size: 0n, flags: 0 });
  if (deleted !== 0 || !areExpected(vm, new Map())) tell('a deletion', deleted);
}

function withFlags(map: ReturnType<typeof setMemoryRegion>['map'], flags: number): typeof map {
  return new Map([...map].map(([id, slot]) => [id, { ...slot, flags }]));
}
