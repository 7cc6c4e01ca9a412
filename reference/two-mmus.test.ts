// SPDX-License-Identifier: GPL-2.0-only
// v6.12 has two MMUs and two address spaces. Who uses which entries, and what is zapped when?

import { describe, expect, test } from 'vitest';
import { mutex_lock, mutex_unlock } from '#linux/mutex';
import type { AddressSpace, HostConfig, Vm } from '#vocabulary';
import { bare, direct, GFNS } from './direct.ts';
import { system } from './systems/v6.12.ts';
import { KVM_X86_QUIRK_SLOT_ZAP_ALL } from './v6.12/arch/x86/include/asm/kvm_host.ts';
import {
  kvm_mmu_page_fault,
  kvm_zap_gfn_range,
  mmu_first_shadow_root_alloc,
} from './v6.12/arch/x86/kvm/mmu/mmu.ts';
import {
  is_mmio_spte,
  is_shadow_present_pte,
  SHADOW_NONPRESENT_VALUE,
} from './v6.12/arch/x86/kvm/mmu/spte.h.ts';
import { vcpu_enter_guest } from './v6.12/arch/x86/kvm/x86.ts';
import { type kvm, kvm_vcpu } from './v6.12/include/linux/kvm_host.ts';
import { kvm_userspace_memory_region2 } from './v6.12/include/uapi/linux/kvm.ts';
import {
  gfn_to_memslot,
  kvm_create_vm,
  kvm_vm_ioctl_set_memory_region,
} from './v6.12/virt/kvm/kvm_main.ts';

const PAGE = 0x1000n;
const [X, Y, M] = [GFNS[0]!, GFNS[1]!, 0n];
const MASKS: readonly HostConfig['mmio'][] = ['ept', 'shadow'];

/** Holds the lock under which slots may be read outside a section. */
function locked<T>(vm: kvm, code: () => T): T {
  mutex_lock(vm.slots_lock);
  const value = code();
  mutex_unlock(vm.slots_lock);
  return value;
}

const region = (slot: number, gfn: bigint, flags = 0) => ({
  slot,
  flags,
  guest_phys_addr: gfn * PAGE,
  memory_size: PAGE,
  userspace_addr: 0x20_0000n + BigInt(slot & 0xffff) * PAGE,
});
/** Slot 0 of an address space. */
const slotIn = (space: AddressSpace) => space << 16;

function vcpuIn(vm: Vm, space: AddressSpace): object {
  const vcpu = vm.vcpu(null);
  vm.setSmm(vcpu, space === 1);
  return vcpu;
}

/** The ordinals of the first installs, made in one address space, that zap all MMIO SPTEs. */
function zaps(vm: Vm, space: AddressSpace, installs: number): number[] {
  const found: number[] = [];
  for (let i = 1; i <= installs; i++) {
    for (const other of [0, 1] as const) vm.access(vcpuIn(vm, other), M * PAGE);
    vm.setMemoryRegion(region(slotIn(space), Y, i % 2));
    const left = ([0, 1] as const).filter((other) => vm.mmio.isMmio(vm.spte(M, other)));
    if (left.length === 0) found.push(i);
    else expect(left).toEqual([0, 1]);
  }
  return found;
}

test.each(MASKS)('a number that wraps empties all tables, whoever wraps: %s', (mmio) => {
  const generationBits = { low: 2, high: 2 };
  for (const space of [0, 1] as const) {
    const { result, events } = direct(system, { mmio, generationBits }, (vm) =>
      zaps(vm, space, 20),
    );
    // Sixteen numbers, of which each address space has every other one.
    expect(result).toEqual([8, 16]);
    expect(events).toEqual([]);
  }
});

test.each(MASKS)('a vCPU in SMM has slots, entries and numbers of its own: %s', (mmio) => {
  const { result, events } = direct(system, { mmio }, (vm) => {
    const vcpu = vm.vcpu(null);
    const access = (space: AddressSpace) => {
      vm.setSmm(vcpu, space === 1);
      return vm.access(vcpu, X * PAGE).kind;
    };
    const created = vm.setMemoryRegion(region(slotIn(1), X));
    return { created, kinds: [access(0), access(0), access(1), access(1), access(0)] };
  });
  expect(result).toEqual({
    created: 0,
    kinds: ['mmio-lookup', 'mmio-vcpu', 'mapped', 'ram', 'mmio-vcpu'],
  });
  expect(events).toEqual([]);
});

test.each(MASKS)('a guest of the guest never finds its address in the cache: %s', (mmio) => {
  const { result, events } = direct(system, { mmio, nested: true }, (vm) => {
    const vcpu = vm.vcpu(null);
    return [1, 2, 3].map(() => vm.access(vcpu, X * PAGE).kind);
  });
  expect(result).toEqual(['mmio-lookup', 'mmio-spte', 'mmio-spte']);
  expect(events).toEqual([]);
});

/** The guest reads gfn, whose entry is empty. */
function fault(vm: kvm, gfn: bigint): number {
  const vcpu = kvm_vcpu.local();
  vcpu.kvm = vm;
  return vcpu_enter_guest(vcpu, {
    handle_exit: (current) => kvm_mmu_page_fault(current, gfn * PAGE, 0),
  });
}

/** Slot 0 at X is made or deleted. */
function setSlot(vm: kvm, isThere: boolean): number {
  const mem = kvm_userspace_memory_region2.local();
  mem.slot = 0;
  mem.guest_phys_addr = X * PAGE;
  mem.memory_size = isThere ? PAGE : 0n;
  mem.userspace_addr = 0x20_0000n;
  return kvm_vm_ioctl_set_memory_region(vm, mem);
}

/** What the entries of X, Y and M say, in the first address space. */
function entries(vm: kvm): string[] {
  return GFNS.map((_, i) => {
    const { val } = vm.arch.spt[i]!;
    if (is_shadow_present_pte(val)) return 'ram';
    return is_mmio_spte(vm, val) ? 'mmio' : val === SHADOW_NONPRESENT_VALUE ? 'empty' : '?';
  });
}

describe.each(MASKS)('%s', (mmio) => {
  /** A VM with X mapped and Y known to be MMIO. */
  const mapped = <T>(code: (vm: kvm) => T) => {
    const { result, events } = bare(kvm_create_vm, { mmio }, (vm) => {
      expect([setSlot(vm, true), fault(vm, X), fault(vm, Y)]).toEqual([0, 1, 1]);
      expect(entries(vm)).toEqual(['ram', 'mmio', 'empty']);
      return code(vm);
    });
    expect(events).toEqual([]);
    return result;
  };

  test('a slot that goes empties all tables, with the quirk off its own entries only', () => {
    for (const [disabled, left] of [
      [0n, 'empty'],
      [KVM_X86_QUIRK_SLOT_ZAP_ALL, 'mmio'],
    ] as const) {
      const found = mapped((vm) => {
        vm.arch.disabled_quirks = disabled;
        return [setSlot(vm, false), ...entries(vm)];
      });
      expect(found).toEqual([0, 'empty', left, 'empty']);
    }
  });

  test('zapping a range of gfns leaves MMIO, other gfns and no count behind', () => {
    const found = mapped((vm) => {
      kvm_zap_gfn_range(vm, Y, Y + 1n);
      const untouched = entries(vm);
      kvm_zap_gfn_range(vm, X, Y + 1n);
      return [untouched, entries(vm), vm.mmu_invalidate_in_progress, vm.mmu_invalidate_seq];
    });
    expect(found).toEqual([['ram', 'mmio', 'empty'], ['empty', 'mmio', 'empty'], 0, 2n]);
  });

  test('the first shadow table gives each slot the memory for its rmap', () => {
    const found = mapped((vm) => {
      const slot = () => locked(vm, () => gfn_to_memslot(vm, X))!;
      const before = slot().arch.rmap !== null;
      const r = locked(vm, () => mmu_first_shadow_root_alloc(vm));
      return [before, r, slot().arch.rmap !== null];
    });
    expect(found).toEqual([mmio === 'shadow', 0, true]);
  });
});
