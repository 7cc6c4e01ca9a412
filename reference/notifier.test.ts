// SPDX-License-Identifier: GPL-2.0-only
// What happens in v6.12 when the host takes pages back while userspace changes slots and a vCPU
// faults? Every interleaving of small sizes.

import { describe, expect, test } from 'vitest';
import { emit, type RunEvent, runDirectly } from '#explorer/run';
import { search } from '#explorer/search';
import { World } from '#explorer/world';
import type { UserMemoryRegion, Vm } from '#vocabulary';
import { direct, GFNS, HOST } from './direct.ts';
import { system as v612 } from './systems/v6.12.ts';

const PAGE = 0x1000n;
const [X, Y] = GFNS as [bigint, bigint];
const HVA = 0x20_0000n;
const LOG_DIRTY = 1;

const region = (changes: Partial<UserMemoryRegion> = {}): UserMemoryRegion => ({
  slot: 0,
  flags: 0,
  guest_phys_addr: X * PAGE,
  memory_size: PAGE,
  userspace_addr: HVA,
  ...changes,
});

const other = region({ slot: 1, guest_phys_addr: Y * PAGE, userspace_addr: HVA + 2n * PAGE });

/** All events of all interleavings of the threads, and what the VM believes at the end of any. */
function explore(
  threads: readonly ((vm: Vm) => unknown)[],
  before: readonly UserMemoryRegion[],
  mmio: 'ept' | 'shadow' = 'ept',
  begun: (vm: Vm) => void = () => {},
): { events: RunEvent[]; states: number } {
  const world = new World({
    threads: threads.length,
    allocator: threads.length - 1,
    granularity: 'object',
    config: { ...HOST, mmio, addressSpaces: 1 },
  });
  const vm = runDirectly(world, -1, () => v612.boot(GFNS), { isBoot: true }).result;
  runDirectly(world, -1, () => before.map(vm.setMemoryRegion));
  runDirectly(world, -1, () => begun(vm));
  const program = {
    world,
    threads: threads.map((code, i) => ({
      name: `thread ${i}`,
      group: i,
      rounds: 1,
      start: [],
      round: () => {
        code(vm);
        return [];
      },
    })),
    finale: (thread: number) => {
      if (thread > 0) return [];
      if (vm.notifier!.underWay() !== 0) emit('unbalanced', 'at rest');
      const [slots, spare] = [vm.slots(), vm.spareSlots()!].map((all) => all.map(({ id }) => id));
      if (String(slots) !== String(spare)) emit('sets differ', 'at rest');
      return [];
    },
  };
  const found = search(program, { memoryModel: 'sc', budgetStates: 400_000, wantEnds: false });
  expect(found.isComplete).toBe(true);
  return { events: [...found.events], states: found.counts.states };
}

const changed = (vm: Vm) => {
  vm.notifier!.start(HVA, HVA + PAGE);
  vm.notifier!.end(HVA, HVA + PAGE);
};

const calls = {
  CREATE: { before: [], call: region() },
  DELETE: { before: [region()], call: region({ memory_size: 0n }) },
  MOVE: { before: [region()], call: region({ guest_phys_addr: Y * PAGE }) },
  FLAGS: { before: [region()], call: region({ flags: LOG_DIRTY }) },
  'CREATE of a slot elsewhere': { before: [region()], call: other },
  'DELETE of a slot elsewhere': {
    before: [region(), other],
    call: { ...other, memory_size: 0n },
  },
};

describe.each(Object.entries(calls))('%s', (_, { before, call }) => {
  test('never comes between the start of a change by the host and its end', () => {
    const { events, states } = explore([changed, (vm) => vm.setMemoryRegion(call)], before);
    expect(events).toEqual([]);
    expect(states).toBeGreaterThan(1000);
  });
});

const end = (vm: Vm) => vm.notifier!.end(HVA, HVA + PAGE);
const publish = (vm: Vm) => vm.setMemoryRegion(other);

test('an update sleeps until a change by the host has ended, and no longer', () => {
  const begun = (vm: Vm) => vm.notifier!.start(HVA, HVA + PAGE);
  const alone = explore([publish], [region()], 'ept', begun);
  expect(alone.events.map(({ kind }) => kind)).toEqual(['deadlock']);
  expect(explore([end, publish], [region()], 'ept', begun).events).toEqual([]);
});

test('an update sleeps until the last of two changes by the host has ended', () => {
  const begun = (vm: Vm) => {
    vm.notifier!.start(HVA, HVA + PAGE);
    vm.notifier!.start(HVA, HVA + PAGE);
  };
  const once = explore([end, publish], [region()], 'ept', begun);
  expect(once.events.map(({ kind }) => kind)).toEqual(['deadlock']);
  expect(explore([end, end, publish], [region()], 'ept', begun).events).toEqual([]);
});

test.each(['ept', 'shadow'] as const)(
  'no page is mapped between the start of a change and its end, under the %s mask',
  (mmio) => {
    const fault = (vm: Vm) => vm.access(vm.vcpu(null), X * PAGE);
    const isMapped = (vm: Vm) =>
      !vm.mmio.isMmio(vm.spte(X)) && vm.internals.ram.isPresent(vm.spte(X));
    const watch = (vm: Vm) => {
      vm.notifier!.start(HVA, HVA + PAGE);
      if (isMapped(vm)) emit('mapped', 'after the start');
      if (isMapped(vm)) emit('mapped', 'before the end');
      vm.notifier!.end(HVA, HVA + PAGE);
    };
    expect(explore([watch, fault], [region()], mmio).events).toEqual([]);
    // The test can see a mapping: without the start there is one.
    const late = (vm: Vm) => {
      if (isMapped(vm)) emit('mapped', 'without a start');
    };
    const seen = explore([late, fault], [region()], mmio).events;
    expect(seen.map(({ kind }) => kind)).toEqual(['mapped']);
  },
);

test('a change is counted only where a slot is, and each pair moves the sequence by one', () => {
  const { result, events } = direct(v612, {}, (vm) => {
    const counts: number[] = [];
    const note = () => counts.push(vm.notifier!.underWay());
    vm.setMemoryRegion(region());
    vm.notifier!.start(HVA - PAGE, HVA);
    note();
    vm.notifier!.end(HVA - PAGE, HVA);
    note();
    vm.notifier!.start(HVA - PAGE, HVA + 1n);
    note();
    vm.notifier!.end(HVA - PAGE, HVA + 1n);
    note();
    return counts;
  });
  // One who waits for the end of it, and where there is a slot, faults that do.
  expect(result).toEqual([1, 0, 2, 0]);
  expect(events).toEqual([]);
});
