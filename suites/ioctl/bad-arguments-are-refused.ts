// SPDX-License-Identifier: GPL-2.0-only
// Is each rule about the arguments kept at its edge: refused on one side, with nothing installed,
// and accepted on the other?

import type { HostConfig, UserMemoryRegion } from '#vocabulary';
import { areExpected } from '../at-rest.ts';
import { rulesOf } from '../era-rules.ts';
import { type MemoryMap, setMemoryRegion } from '../memory-map.ts';
import { M, type SequentialScenario, type Subject, X } from '../scenario.ts';

const PAGE = 0x1000n;
const HUGE = 1n << 31n;
/** One page below the end of userspace. */
const LAST = 0x7fff_ffff_e000n;
const INVALID = 0x1_0000;
const EINVAL = 22;

/** Slot 0: two pages at X. */
const OLD: UserMemoryRegion = {
  slot: 0,
  flags: 0,
  guest_phys_addr: X * PAGE,
  memory_size: 2n * PAGE,
  userspace_addr: 0x2000_0000n,
};

/** Changes of slot 0, then creations of slot 1; good ones are there because of the edge. */
const CHANGES: readonly Partial<UserMemoryRegion>[] = [
  {},
  { flags: 1 },
  { flags: 2 },
  { flags: 4 },
  { flags: INVALID },
  { memory_size: 0n },
  { memory_size: PAGE },
  { memory_size: 3n * PAGE },
  { userspace_addr: OLD.userspace_addr + PAGE },
  { userspace_addr: OLD.userspace_addr + 1n },
  { guest_phys_addr: (X + 1n) * PAGE },
  { guest_phys_addr: X * PAGE + 1n },
];
const CREATIONS: readonly Partial<UserMemoryRegion>[] = [
  { memory_size: 0n },
  { memory_size: PAGE - 1n },
  { memory_size: PAGE + 1n },
  { memory_size: PAGE + 0x800n },
  { guest_phys_addr: 0x30_0001n },
  { guest_phys_addr: 0x30_0800n },
  { userspace_addr: 0x3000_0001n },
  { userspace_addr: 0x3000_0800n },
  { flags: 3 },
  { flags: 8 },
  { slot: 2 },
  { slot: 3 },
  { slot: 4 },
  { slot: INVALID },
  { userspace_addr: LAST, memory_size: PAGE },
  { userspace_addr: LAST, memory_size: 2n * PAGE },
  { userspace_addr: 0xffff_8800_0000_0000n },
  { guest_phys_addr: (1n << 64n) - PAGE, memory_size: PAGE },
  { guest_phys_addr: (1n << 64n) - 2n * PAGE, memory_size: PAGE },
  { guest_phys_addr: HUGE * PAGE, memory_size: (HUGE - 1n) * PAGE },
  { guest_phys_addr: HUGE * PAGE, memory_size: HUGE * PAGE },
  { guest_phys_addr: (X - 1n) * PAGE, memory_size: PAGE },
  { guest_phys_addr: (X - 1n) * PAGE, memory_size: 2n * PAGE },
  { guest_phys_addr: (X - 1n) * PAGE, memory_size: 4n * PAGE },
  { guest_phys_addr: X * PAGE, memory_size: 2n * PAGE },
  { guest_phys_addr: (X + 1n) * PAGE, memory_size: PAGE },
  { guest_phys_addr: (X + 2n) * PAGE, memory_size: PAGE },
];

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'ioctl/bad-arguments-are-refused',
  eras: null,
  gfns: [X, M],
  // No rule about arguments looks at an SPTE.
  host: { mmio: ['ept'], userMemSlots: 3 },
  check: (subject) => {
    const regions = [
      ...CHANGES.map((change) => ({ ...OLD, ...change })),
      ...CREATIONS.map((change) => ({ ...NEW, ...change })),
    ];
    for (const region of regions) subject.fresh({}, (vm) => checkCall(subject, vm, region));
    return regions.length;
  },
};

/** Slot 1: one page far from X. */
const NEW: UserMemoryRegion = {
  ...OLD,
  slot: 1,
  guest_phys_addr: 0x30_0000n,
  memory_size: PAGE,
  userspace_addr: 0x3000_0000n,
};

function checkCall(
  { era, host, report }: Subject,
  vm: Subject['vm'],
  region: UserMemoryRegion,
): void {
  const map: MemoryMap = setMemoryRegion(new Map(), OLD, host.userMemSlots).map;
  vm.setMemoryRegion(OLD);
  const before = vm.generation();
  const plain = setMemoryRegion(map, region, host.userMemSlots, null, vm.addressSpaces);
  const isTooHigh = plain.result === 0 && rulesOf(era).limitsGfnsToHost && isBeyond(region, host);
  const step = isTooHigh ? { result: -EINVAL, map, change: 'refused' } : plain;
  const result = vm.setMemoryRegion(region);
  if (result !== step.result)
    report('arguments-checked', `${textOf(region)}: ${result}, not ${step.result}`);
  if (!areExpected(vm, step.map))
    report('arguments-checked', 'the slots are not those of the calls');
  if (step.change === 'none' && vm.generation() !== before)
    report('arguments-checked', 'a call that changes nothing installs something');
}

/** Its last page has a number that is too large for the host's own tables. */
function isBeyond(region: UserMemoryRegion, { maxphyaddr }: HostConfig): boolean {
  return region.guest_phys_addr + region.memory_size > 1n << BigInt(maxphyaddr);
}

function textOf(region: UserMemoryRegion): string {
  const hex = (value: bigint) => `0x${value.toString(16)}`;
  const { slot, flags, guest_phys_addr, memory_size, userspace_addr } = region;
  const at = [guest_phys_addr, memory_size, userspace_addr].map(hex);
  return `slot ${slot} flags ${flags} at ${at}`;
}
