// SPDX-License-Identifier: GPL-2.0-only
// What does each port do with a page table of the guest that it shadows: when may the guest write
// it, what does a flush take over, and what becomes of an entry that was decided on old slots?

import { describe, expect, test } from 'vitest';
import type { EraName, GuestPaging, HostConfig, SystemUnderTest, Vcpu, Vm } from '#vocabulary';
import { direct } from './direct.ts';
import { system as v316 } from './systems/v3.16.ts';
import { system as v317 } from './systems/v3.17.ts';
import { system as v319 } from './systems/v3.19.ts';
import { system as v511 } from './systems/v5.11.ts';
import { system as v612 } from './systems/v6.12.ts';

const SYSTEMS: readonly SystemUnderTest[] = [v316, v317, v319, v511, v612];
const TWO_SPACES = [v511, v612];

const PAGE = 0x1000n;
/** Two pages of the guest, and two gfns: the first one has no slot at the start. */
const A = 0x10n;
const B = 0x11n;
const DEVICE = 0x100n;
const MEMORY = 0x200n;
const HVA = 0x10_0000_0000n;

const PRESENT = 1n;
const WRITABLE = 2n;
const USER = 4n;
const entry = (gfn: bigint, rights = PRESENT | WRITABLE | USER) => (gfn << 12n) | rights;

function createSlot(vm: Vm, slot: number, gfn: bigint): void {
  const r = vm.setMemoryRegion({
    slot,
    flags: 0,
    guest_phys_addr: gfn * PAGE,
    memory_size: PAGE,
    userspace_addr: HVA + BigInt(slot) * 0x10_0000n,
  });
  expect(r).toBe(0);
}

interface Guest {
  readonly vm: Vm;
  readonly vcpu: Vcpu;
  readonly tables: GuestPaging;
}

/** A maps a device and B memory, in a guest that has touched nothing yet. */
function guest(
  system: SystemUnderTest,
  code: (it: Guest) => void,
  host: Partial<HostConfig> = {},
): void {
  const { events } = direct(system, { mmio: 'shadow', guestPaging: true, ...host }, (vm) => {
    const vcpu = vm.vcpu(null);
    const tables = vm.guestPaging!;
    createSlot(vm, 0, MEMORY);
    tables.writePte(vcpu, A, entry(DEVICE));
    tables.writePte(vcpu, B, entry(MEMORY));
    code({ vm, vcpu, tables });
  });
  expect(events).toEqual([]);
}

const read = ({ vm, vcpu }: Guest, page: bigint) => vm.access(vcpu, page * PAGE + 8n).kind;
const write = ({ vm, vcpu }: Guest, page: bigint) => vm.access(vcpu, page * PAGE, 'write').kind;

/** What the entry that shadows A says of the slots. */
function decided({ vm }: Guest): 'nothing' | 'old' | 'current' {
  const spte = vm.spte(A);
  if (!vm.mmio.isMmio(spte)) return 'nothing';
  return vm.mmio.generationOf(spte) === vm.mmio.currentGeneration() ? 'current' : 'old';
}

describe.each(SYSTEMS)('$era', (system) => {
  const { era } = system;

  test('the first fault makes a shadow; the guest writes its table, and a flush ends that', () => {
    guest(system, (it) => {
      const { tables, vcpu } = it;
      expect(tables.isShadowed()).toBe(false);
      expect(read(it, B)).toBe('mapped');
      expect([tables.isShadowed(), tables.isUnsync()]).toEqual([true, false]);
      tables.writePte(vcpu, A, entry(DEVICE));
      expect(tables.isUnsync()).toBe(true);
      tables.reloadCr3(vcpu);
      expect([tables.isShadowed(), tables.isUnsync()]).toEqual([true, false]);
    });
  });

  test('what the guest wrote counts from the flush on, and not before', () => {
    guest(system, (it) => {
      const { tables, vcpu } = it;
      read(it, B);
      tables.writePte(vcpu, B, entry(DEVICE));
      expect(read(it, B)).toBe('ram');
      tables.reloadCr3(vcpu);
      expect(read(it, B)).toBe('mmio-lookup');
    });
  });

  test('rights are taken over without the slots being asked', () => {
    guest(system, (it) => {
      const { tables, vcpu } = it;
      write(it, B);
      expect(write(it, B)).toBe('ram');
      tables.writePte(vcpu, B, entry(MEMORY, PRESENT | USER));
      tables.reloadCr3(vcpu);
      expect(read(it, B)).toBe('ram');
      expect(write(it, B)).toBe('guest-fault');
    });
  });

  test('a shadow with no entry left goes away at a sync up to v5.11, and stays in v6.12', () => {
    guest(system, (it) => {
      const { tables, vcpu } = it;
      read(it, B);
      tables.writePte(vcpu, B, 0n);
      tables.reloadCr3(vcpu);
      expect(tables.isShadowed()).toBe(era === 'v6.12');
      expect(read(it, B)).toBe('guest-fault');
    });
  });

  test('the zap of all pages leaves no shadow, and the next fault makes one', () => {
    guest(system, (it) => {
      const { vm, tables } = it;
      read(it, B);
      read(it, A);
      createSlot(vm, 1, DEVICE);
      vm.setMemoryRegion({
        slot: 1,
        flags: 0,
        guest_phys_addr: DEVICE * PAGE,
        memory_size: 0n,
        userspace_addr: 0n,
      });
      expect([tables.isShadowed(), tables.isUnsync()]).toEqual([false, false]);
      expect([read(it, B), read(it, B)]).toEqual(['mapped', 'ram']);
      expect(tables.isShadowed()).toBe(true);
    });
  });

  const BY_INVLPG = era === 'v6.12' ? 'current' : 'nothing';
  test(`after INVLPG an entry that was decided on old slots says ${BY_INVLPG}`, () => {
    guest(system, (it) => {
      const { vm, tables, vcpu } = it;
      read(it, A);
      tables.writePte(vcpu, B, entry(MEMORY));
      createSlot(vm, 1, DEVICE);
      expect(decided(it)).toBe('old');
      tables.invlpg(vcpu, A);
      expect(decided(it)).toBe(BY_INVLPG);
    });
  });

  test('INVLPG leaves an entry alone whose table was not written', () => {
    guest(system, (it) => {
      const { vm, tables, vcpu } = it;
      read(it, A);
      createSlot(vm, 1, DEVICE);
      tables.invlpg(vcpu, A);
      expect(decided(it)).toBe('old');
      expect([read(it, A), read(it, A)]).toEqual(['mapped', 'ram']);
    });
  });

  const BY_FAULT: Partial<Record<EraName, string>> = { 'v5.11': 'nothing', 'v6.12': 'current' };
  const afterFault = BY_FAULT[era] ?? 'old';
  test(`after a fault of the guest's own such an entry says ${afterFault}`, () => {
    guest(system, (it) => {
      const { vm, tables, vcpu } = it;
      read(it, A);
      tables.writePte(vcpu, A, entry(DEVICE, PRESENT | USER));
      createSlot(vm, 1, DEVICE);
      // A vCPU that has not read A yet: in v3.16 the cache of the first one is asked for ever.
      const other = { ...it, vcpu: vm.vcpu(null) };
      expect(write(other, A)).toBe('guest-fault');
      expect(decided(it)).toBe(afterFault);
    });
  });
});

describe.each(TWO_SPACES)('$era, with an address space for SMM', (system) => {
  test('the table has a shadow in each space; a write counts in both, and a flush in one', () => {
    guest(system, (it) => {
      const { vm, tables, vcpu } = it;
      const inSmm = vm.vcpu(null);
      vm.setSmm(inSmm, true);
      const readInSmm = () => vm.access(inSmm, A * PAGE).kind;
      read(it, B);
      read(it, A);
      expect(readInSmm()).toBe('mmio-lookup');
      tables.writePte(vcpu, A, entry(MEMORY));
      tables.reloadCr3(vcpu);
      expect(tables.isUnsync()).toBe(false);
      expect(vm.mmio.isMmio(vm.spte(A, 1))).toBe(true);
      // The shadow of the other space does not make the table writable again: this one is in step.
      tables.writePte(vcpu, B, entry(MEMORY));
      expect(tables.isUnsync()).toBe(true);
      tables.reloadCr3(inSmm);
      expect(vm.mmio.isMmio(vm.spte(A, 1))).toBe(false);
      expect(tables.isUnsync()).toBe(true);
    });
  });

  test("a hypervisor's table is synchronised when it enters its guest", () => {
    const nested = { npt: true, nested: true };
    guest(
      system,
      (it) => {
        const { vm, tables, vcpu } = it;
        expect(read(it, A)).toBe('mmio-lookup');
        expect(read(it, A)).toBe('mmio-spte');
        tables.writePte(vcpu, B, entry(MEMORY));
        createSlot(vm, 1, DEVICE);
        expect(tables.isUnsync()).toBe(true);
        tables.reloadCr3(vcpu);
        expect([tables.isUnsync(), decided(it)]).toEqual([false, 'current']);
        expect(read(it, A)).toBe('mmio-spte');
      },
      nested,
    );
  });
});
