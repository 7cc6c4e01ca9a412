// SPDX-License-Identifier: GPL-2.0-only
// What is left of a call of v6.12 that fails? Every allocation that a call makes fails in turn, and
// kvm_arch_prepare_memory_region() does: slots, sets and memory must be as before the call.

import { describe, expect, test } from 'vitest';
import { currentWorld } from '#explorer/run';
import type { HostConfig, UserMemoryRegion, Vm } from '#vocabulary';
import { direct } from './direct.ts';
import { system as v612 } from './systems/v6.12.ts';

const PAGE = 0x1000n;
const ENOMEM = -12;
const LOG_DIRTY = 1;

const region = (changes: Partial<UserMemoryRegion> = {}): UserMemoryRegion => ({
  slot: 0,
  flags: 0,
  guest_phys_addr: 0x10n * PAGE,
  memory_size: PAGE,
  userspace_addr: 0x20_0000n,
  ...changes,
});

/**
 * A call, what was done before it, and how often it publishes when it fails late, and if it does
 * not.
 */
const CALLS: readonly {
  readonly name: string;
  readonly before: readonly UserMemoryRegion[];
  readonly call: UserMemoryRegion;
  readonly late: bigint;
  readonly installs: bigint;
}[] = [
  { name: 'CREATE', before: [], call: region(), late: 0n, installs: 1n },
  {
    name: 'CREATE with a log',
    before: [],
    call: region({ flags: LOG_DIRTY }),
    late: 0n,
    installs: 1n,
  },
  {
    name: 'DELETE',
    before: [region()],
    call: region({ memory_size: 0n }),
    late: 2n,
    installs: 2n,
  },
  {
    name: 'DELETE with a log',
    before: [region({ flags: LOG_DIRTY })],
    call: region({ memory_size: 0n }),
    late: 2n,
    installs: 2n,
  },
  {
    name: 'MOVE',
    before: [region()],
    call: region({ guest_phys_addr: 0x11n * PAGE }),
    late: 2n,
    installs: 2n,
  },
  {
    name: 'MOVE that begins a log',
    before: [region()],
    call: region({ guest_phys_addr: 0x11n * PAGE, flags: LOG_DIRTY }),
    late: 2n,
    installs: 2n,
  },
  {
    name: 'MOVE that ends a log',
    before: [region({ flags: LOG_DIRTY })],
    call: region({ guest_phys_addr: 0x11n * PAGE }),
    late: 2n,
    installs: 2n,
  },
  {
    name: 'MOVE that keeps a log',
    before: [region({ flags: LOG_DIRTY })],
    call: region({ guest_phys_addr: 0x11n * PAGE, flags: LOG_DIRTY }),
    late: 2n,
    installs: 2n,
  },
  {
    name: 'FLAGS that begins a log',
    before: [region()],
    call: region({ flags: LOG_DIRTY }),
    late: 0n,
    installs: 1n,
  },
  {
    name: 'FLAGS that ends a log',
    before: [region({ flags: LOG_DIRTY })],
    call: region(),
    late: 0n,
    installs: 1n,
  },
];

type Host = Partial<HostConfig>;

const HOSTS: readonly [string, Host][] = [
  ['ept', { mmio: 'ept' }],
  ['shadow', { mmio: 'shadow' }],
];

/** Heap objects that were written and not freed. */
function alive(): string[] {
  const world = currentWorld();
  const { poison } = world.table;
  return [...world.allocations.values()]
    .filter(({ heap, cells }) => {
      const isUsed = (cell: number) =>
        world.memory[cell] !== poison && world.memory[cell] !== world.initial[cell];
      return heap && cells.some(isUsed);
    })
    .map(({ name }) => name)
    .sort();
}

function contents(vm: Vm) {
  return { slots: vm.slots(), spare: vm.spareSlots() };
}

/** The names of the objects that the call allocates where nothing fails. */
function allocated(before: readonly UserMemoryRegion[], call: UserMemoryRegion, host: Host) {
  return direct(v612, host, (vm) => {
    for (const one of before) vm.setMemoryRegion(one);
    const known = new Set(currentWorld().allocations.keys());
    vm.setMemoryRegion(call);
    return [...currentWorld().allocations.keys()].filter((name) => !known.has(name));
  }).result;
}

describe.each(HOSTS)('under the %s mask', (_, host) => {
  describe.each(CALLS)('$name', ({ before, call, late, installs }) => {
    const attempt = (changes: Host) =>
      direct(v612, { ...host, ...changes }, (vm) => {
        for (const one of before) vm.setMemoryRegion(one);
        const [was, had, from] = [contents(vm), alive(), vm.generation()];
        const result = vm.setMemoryRegion(call);
        const failed = {
          result,
          isAsBefore: JSON.stringify(contents(vm), big) === JSON.stringify(was, big),
          leaks: alive().filter((name) => !had.includes(name)),
          lost: had.filter((name) => !alive().includes(name)),
          installs: (vm.generation() - from) / 2n,
        };
        // No lock was kept and nothing is in the way of the same call.
        const start = vm.generation();
        const again = vm.setMemoryRegion(call);
        return { failed, again, installs: (vm.generation() - start) / 2n };
      });

    test('undoes everything where its n-th allocation fails, for every n', () => {
      const names = allocated(before, call, host);
      expect(names.length).toBeGreaterThan(0);
      for (const name of names) {
        const { result, events } = attempt({ failAllocations: [name] });
        expect({ name, events, ...result, failed: { ...result.failed, installs: 0n } }).toEqual({
          name,
          events: [],
          failed: { result: ENOMEM, isAsBefore: true, leaks: [], lost: [], installs: 0n },
          again: 0,
          installs,
        });
        // The temporary slot of DELETE and MOVE comes first; what fails later is undone.
        expect([0n, late]).toContain(result.failed.installs);
      }
    });

    test('undoes everything where the architecture refuses it', () => {
      const { result, events } = attempt({ failPrepare: [before.length + 1] });
      expect({ events, ...result }).toEqual({
        events: [],
        failed: { result: ENOMEM, isAsBefore: true, leaks: [], lost: [], installs: late },
        again: 0,
        installs,
      });
    });

    test('leaks nothing where it succeeds, and a deletion of all slots leaves nothing', () => {
      const { result, events } = direct(v612, host, (vm) => {
        for (const one of [...before, call]) vm.setMemoryRegion(one);
        if (vm.slots().length > 0) vm.setMemoryRegion(region({ memory_size: 0n }));
        return { alive: alive(), ...contents(vm) };
      });
      expect({ events, ...result }).toEqual({ events: [], alive: [], slots: [], spare: [] });
    });
  });
});

function big(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
