// SPDX-License-Identifier: GPL-2.0-only
// Does the host of interleaving scenarios notice a VM that answers wrongly? Each answer that it
// asks for is falsified once, and what it says of that is compared.

import { expect, test } from 'vitest';
import { kzalloc } from '#linux/slab';
import { int, struct } from '#linux/struct';
import type { Access, SystemUnderTest, Vm } from '#vocabulary';
import { system } from '../reference/systems/v3.17.ts';
import { loadScenarios } from './registry.ts';
import { runScenario } from './run.ts';
import { M, X } from './scenario.ts';

const SCENARIO = 'mmio-cache/a-created-slot-is-seen.1v1u1f';
const created = (await loadScenarios()).find(({ id }) => id === SCENARIO)!;

type Changes = (vm: Vm) => Partial<Vm>;

/** The port, but for some answers of its VM. */
function changed(changes: Changes): SystemUnderTest {
  return {
    era: system.era,
    boot: (gfns) => {
      const vm = system.boot(gfns);
      return { ...vm, ...changes(vm) };
    },
  };
}

/** What is reported when a slot is created at X while a vCPU reads it. */
function reported(changes: Changes): readonly string[] {
  const { events } = runScenario(changed(changes), created, { mmio: 'ept', memoryModel: 'sc' });
  return events.map(({ kind, detail }) => `${kind}: ${detail}`);
}

/** Changes what some accesses tell. Those at rest lie beyond the first bytes of their page. */
function accessing(change: (access: Access, gfn: bigint, isAtRest: boolean) => Access): Changes {
  return (vm) => ({
    access: (vcpu, gpa, mode) =>
      change(vm.access(vcpu, gpa, mode), gpa >> 12n, (gpa & 0xfffn) >= 0x100n),
  });
}

const nothing: Access = { kind: 'retry', pfn: 0n };
const error: Access = { kind: 'error', pfn: 0n };
/** Where the scenario maps or finds memory, another page. */
const elsewhere = (access: Access): Access =>
  access.kind === 'ram' || access.kind === 'mapped' ? { kind: 'ram', pfn: 5n } : access;
const lost = struct('kvm_lost', { word: int });

const CASES: readonly (readonly [what: string, changes: Changes, says: readonly string[]])[] = [
  [
    'slots are missing',
    () => ({ slots: () => [] }),
    [
      'arguments-checked: the slots are not those of the calls',
      'lookup-equals-scan: a lookup disagrees with the slots',
    ],
  ],
  [
    'an id is there twice',
    (vm) => ({ slots: () => [...vm.slots(), ...vm.slots()] }),
    [
      'arguments-checked: the slots are not those of the calls',
      'id-map-exact: an id occurs twice',
      'id-map-exact: id_to_index points elsewhere',
    ],
  ],
  [
    'an id leads elsewhere',
    (vm) => ({ slots: () => vm.slots().map((slot) => ({ ...slot, index: slot.index + 1 })) }),
    ['id-map-exact: id_to_index points elsewhere'],
  ],
  [
    'the smaller slot comes first',
    (vm) => ({
      slots: () => {
        const [slot] = vm.slots();
        if (slot === undefined) return [];
        const more = { ...slot, id: slot.id + 1, base_gfn: 0x1000n, npages: 9n, index: 1 };
        return [slot, more];
      },
    }),
    [
      'arguments-checked: the slots are not those of the calls',
      'sorted-by-size: a larger slot comes after a smaller one',
    ],
  ],
  [
    'a slot has another address',
    (vm) => ({ slots: () => vm.slots().map((slot) => ({ ...slot, userspace_addr: 0n })) }),
    [
      'arguments-checked: the slots are not those of the calls',
      'lookup-equals-scan: a lookup disagrees with the slots',
    ],
  ],
  [
    'a lookup finds nothing',
    () => ({ lookup: () => null }),
    ['lookup-equals-scan: a lookup disagrees with the slots'],
  ],
  [
    'the number at rest is one of the window',
    (vm) => ({ generation: () => vm.generation() + 1n }),
    ['generation-monotonic: in flux at rest'],
  ],
  [
    'the number reads as one of the window',
    (vm) => ({ mmio: { ...vm.mmio, currentGeneration: () => 1 } }),
    ['no-in-flux-tag: a number at rest reads as one in flux'],
  ],
  [
    'an entry holds a number of the window',
    (vm) => ({ mmio: { ...vm.mmio, generationOf: () => 1 } }),
    ['no-in-flux-tag: an SPTE holds a number in flux'],
  ],
  [
    'an access to a gfn that is always MMIO never answers',
    accessing((access, gfn) => (gfn === M ? nothing : access)),
    [
      'cache-effective-at-rest: SPTE',
      'cache-effective-at-rest: vCPU cache',
      'progress: at rest, an access never answers',
    ],
  ],
  [
    'the cache of a vCPU never hits',
    accessing((access) =>
      access.kind === 'mmio-vcpu' ? { ...access, kind: 'mmio-spte' } : access,
    ),
    ['cache-effective-at-rest: vCPU cache'],
  ],
  [
    'an entry never hits',
    accessing((access) =>
      access.kind === 'mmio-spte' ? { ...access, kind: 'mmio-lookup' } : access,
    ),
    ['cache-effective-at-rest: SPTE'],
  ],
  [
    'an access at rest ends in an error',
    accessing((access, gfn, isAtRest) => (gfn === X && isAtRest ? error : access)),
    ['WARN: handle_ept_misconfig'],
  ],
  [
    'an access of a thread ends in an error',
    accessing((access, _, isAtRest) => (access.kind === 'mapped' && !isAtRest ? error : access)),
    ['WARN: handle_ept_misconfig'],
  ],
  [
    'a thread reaches a page that was never there',
    accessing((access, _, isAtRest) => (isAtRest ? access : elsewhere(access))),
    ['no-mapping-after-flush: a page that was never there'],
  ],
  [
    'a page that was never there is reached at rest',
    accessing((access, _, isAtRest) => (isAtRest ? elsewhere(access) : access)),
    ['no-mapping-after-flush: at rest, a page that was never there'],
  ],
  [
    'memory is MMIO at rest',
    accessing((access, gfn, isAtRest) =>
      gfn === X && isAtRest ? { kind: 'mmio-lookup', pfn: 0n } : access,
    ),
    ['stale-after-update: at rest, lookup'],
  ],
  [
    'a call fails that should not',
    (vm) => ({
      setMemoryRegion: (region) => {
        vm.setMemoryRegion(region);
        return -5;
      },
    }),
    ['arguments-checked: create slot 0 at gfn 0x10: -5, not 0'],
  ],
  [
    'a call leaves memory behind',
    (vm) => ({
      setMemoryRegion: (region) => {
        kzalloc(lost)!.word = 1;
        return vm.setMemoryRegion(region);
      },
    }),
    ['freed-exactly-once: memory of a slot is never freed'],
  ],
];

test('a VM that answers as the port does is not complained about', () => {
  expect(reported(() => ({}))).toEqual([]);
});

test.each(CASES)('%s: the host says so', (_, changes, says) => {
  expect(reported(changes)).toEqual(says);
});
