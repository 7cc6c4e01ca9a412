// SPDX-License-Identifier: GPL-2.0-only
// The system under test of v5.11: its port behind the interface that suites drive. Two address
// spaces, arrays of slots that are as long as they must be, and one handler for all faults.

import { config } from '#linux/config';
import { isReserved } from '#linux/hardware';
import { spin_lock, spin_unlock } from '#linux/spinlock';
import { tracepointHits } from '#linux/tracepoint';
import type {
  AccessKind,
  AddressSpace,
  MmioSpteFunctions,
  RamSpteFunctions,
  SlotState,
  SystemUnderTest,
  Vcpu,
  VcpuCacheFunctions,
} from '#vocabulary';
import { kvm_userspace_memory_region } from '../v3.16/include/uapi/linux/kvm.ts';
import {
  HF_SMM_MASK,
  KVM_ADDRESS_SPACE_NUM,
  kvm_arch_vcpu_memslots_id,
  spte_t,
} from '../v5.11/arch/x86/include/asm/kvm_host.ts';
import { kvm_lapic } from '../v5.11/arch/x86/kvm/lapic.h.ts';
import * as mmu from '../v5.11/arch/x86/kvm/mmu/mmu.ts';
import * as spte_h from '../v5.11/arch/x86/kvm/mmu/spte.h.ts';
import * as spte_c from '../v5.11/arch/x86/kvm/mmu/spte.ts';
import { handle_ept_misconfig } from '../v5.11/arch/x86/kvm/vmx/vmx.ts';
import * as x86_h from '../v5.11/arch/x86/kvm/x86.h.ts';
import { kvm_arch_vcpu_ioctl, kvm_set_cr3, vcpu_enter_guest } from '../v5.11/arch/x86/kvm/x86.ts';
import {
  __gfn_to_memslot,
  __kvm_memslots,
  is_error_pfn,
  is_noslot_pfn,
  type kvm,
  kvm_is_error_hva,
  type kvm_memslots_struct,
  kvm_vcpu,
} from '../v5.11/include/linux/kvm_host.ts';
import {
  __gfn_to_hva_many,
  gfn_to_hva,
  kvm_create_vm,
  kvm_destroy_vm,
  kvm_gfn_to_hva_cache_init,
  kvm_read_guest_cached,
  kvm_read_guest_offset_cached,
  kvm_set_memory_region,
  kvm_vm_ioctl_set_memory_region,
  kvm_write_guest_cached,
  kvm_write_guest_offset_cached,
} from '../v5.11/virt/kvm/kvm_main.ts';
import { type GuestPagingPort, guestPagingOf } from './guest-paging.ts';
import { type Around, type Exit, leafOf, type Memslots, machine, type Port } from './machine.ts';
import { type PageCachePort, pageCacheOf } from './page-cache.ts';

const orNull = (hva: bigint) => (kvm_is_error_hva(hva) ? null : hva);

function vcpuOf(vm: kvm): kvm_vcpu {
  const vcpu = kvm_vcpu.local();
  vcpu.kvm = vm;
  return vcpu;
}

function forget(vcpu: kvm_vcpu): void {
  vcpu.arch.mmio_access = 0;
  vcpu.stat.pf_fixed = 0;
  vcpu.stat.pf_guest = 0;
  vcpu.stat.insn_emulation = 0;
}

/**
 * Told from what the exit has counted: instructions that were emulated, and SPTEs that were
 * written. The tracepoint is passed if and only if an SPTE was found valid.
 */
function handleExit(vcpu: kvm_vcpu, exit: Exit): AccessKind {
  vcpu.stat.pf_fixed = 0;
  vcpu.stat.insn_emulation = 0;
  const sptesBefore = tracepointHits('handle_mmio_page_fault');
  const r = exit.isMisconfigured
    ? handle_ept_misconfig(vcpu, exit.gpa)
    : mmu.kvm_mmu_page_fault(vcpu, exit.gpa, exit.errorCode);
  const { pf_fixed, pf_guest, insn_emulation } = vcpu.stat;
  vcpu.stat.pf_fixed = 0;
  vcpu.stat.pf_guest = 0;
  vcpu.stat.insn_emulation = 0;
  if (r < 0) return 'error';
  // Who is told of a fault must not have its access done as well.
  if (pf_guest > 0) return insn_emulation === 0 ? 'guest-fault' : 'error';
  if (insn_emulation === 0) return pf_fixed > 0 ? 'mapped' : 'retry';
  // A write is emulated though no entry is made, where its slot is read-only. Caches are not asked
  // unless a reserved bit was met.
  const wasCacheAsked = exit.isMisconfigured || isReserved(exit.errorCode);
  if (pf_fixed > 0 || !wasCacheAsked) return 'mmio-lookup';
  return tracepointHits('handle_mmio_page_fault') > sptesBefore ? 'mmio-spte' : 'mmio-vcpu';
}

function slotStates(slots: kvm_memslots_struct): SlotState[] {
  return Array.from({ length: slots.used_slots }, (_, i): SlotState => {
    const { id, base_gfn, npages, userspace_addr, flags, arch } = slots.memslots[i]!;
    const index = slots.id_to_index[id]!;
    const ownsMemory = arch.rmap !== null;
    return { id, base_gfn, npages, userspace_addr, flags, index, ownsMemory };
  });
}

const memslots: Memslots<kvm> = {
  spaces: KVM_ADDRESS_SPACE_NUM,
  pointer: (vm, space) => vm.memslots.$[space]!,
  states: (vm, space) => slotStates(vm.memslots[space]!),
  spare: null,
  generation: (vm, space) => vm.memslots[space]!.generation,
  setGeneration: (vm, space, generation) => {
    vm.memslots[space]!.generation = generation;
  },
  lookup: (vm, gfn, space) => {
    const slot = __gfn_to_memslot(__kvm_memslots(vm, space), gfn);
    return orNull(__gfn_to_hva_many(slot, gfn, null, false));
  },
  lookupToWrite: (vm, gfn) => orNull(gfn_to_hva(vm, gfn)),
};

function mmioFunctions(vm: kvm, locked: Around): MmioSpteFunctions {
  return {
    generationMask: (generation) => spte_c.generation_mmio_spte_mask(BigInt(generation)),
    generationOf: (spte) => Number(spte_h.get_mmio_spte_generation(spte)),
    isMmio: spte_h.is_mmio_spte,
    gfnOf: mmu.get_mmio_spte_gfn,
    accessOf: mmu.get_mmio_spte_access,
    mark: (gfn, access) => locked(() => spte_c.make_mmio_spte(vcpuOf(vm), gfn, access)),
    currentGeneration: () =>
      locked(() => Number(__kvm_memslots(vm, 0).generation & spte_h.MMIO_SPTE_GEN_MASK())),
    generationMax: () => Number(spte_h.MMIO_SPTE_GEN_MASK()),
    mmioMask: spte_c.shadow_mmio_value,
  };
}

function ramOf(vm: kvm): RamSpteFunctions {
  return {
    isPresent: spte_h.is_shadow_present_pte,
    pfnOf: spte_h.spte_to_pfn,
    set: (old, { gfn, pfn, access, isSpeculative, isHostWritable }) => {
      const sptep = spte_t.local();
      sptep.val = old;
      const vcpu = vcpuOf(vm);
      mmu.mmu_set_spte(vcpu, sptep, access, false, gfn, pfn, isSpeculative, isHostWritable);
      return sptep.val;
    },
  };
}

const own = (vcpu: Vcpu) => vcpu as kvm_vcpu;

const vcpuCache: VcpuCacheFunctions = {
  fill: (vcpu, gva, gfn, access) => x86_h.vcpu_cache_mmio_info(own(vcpu), gva, gfn, access),
  matchesGva: (vcpu, gva) => x86_h.vcpu_match_mmio_gva(own(vcpu), gva),
  matchesGpa: (vcpu, gpa) => x86_h.vcpu_match_mmio_gpa(own(vcpu), gpa),
  clear: (vcpu, gva) => x86_h.vcpu_clear_mmio_info(own(vcpu), gva),
  contents: (vcpu) => {
    const { mmio_gva, mmio_gfn, mmio_access } = own(vcpu).arch;
    return { gva: mmio_gva, gfn: mmio_gfn, access: mmio_access };
  },
};

const pageCache: PageCachePort<kvm> = {
  kvm_lapic,
  kvm_arch_vcpu_ioctl,
  kvm_gfn_to_hva_cache_init,
  kvm_read_guest_cached,
  kvm_write_guest_cached,
  offsets: { kvm_read_guest_offset_cached, kvm_write_guest_offset_cached },
};

const internals: Port<kvm, kvm_vcpu>['internals'] = (vm) => ({
  compareSlots: () => {
    throw new Error('v5.11 has no function that compares slots');
  },
  isErrorPfn: is_error_pfn,
  isNoslotPfn: is_noslot_pfn,
  writeSpte: (gfn, spte) => {
    spin_lock(vm.mmu_lock);
    leafOf(vm, gfn).val = spte;
    spin_unlock(vm.mmu_lock);
  },
  mark: (gfn, access) => {
    const sptep = spte_t.local();
    mmu.mark_mmio_spte(vcpuOf(vm), sptep, gfn, access);
    return sptep.val;
  },
  isCurrent: (spte) => mmu.check_mmio_spte(vcpuOf(vm), spte),
  sync: (spte, gfn, access) => {
    const sptep = spte_t.local();
    sptep.val = spte;
    const present = { n: 0 };
    const isDone = mmu.sync_mmio_spte(vcpuOf(vm), sptep, gfn, access, present);
    return { isDone, spte: sptep.val, present: present.n };
  },
  loseRoots: (vcpu) => {
    own(vcpu).arch.pae_root_absent = 0b1111;
  },
  pageCache: () => pageCacheOf(pageCache, vm),
  ram: ramOf(vm),
  vcpuCache,
});

/** Under mmu_lock. */
const locked =
  (vm: kvm): Around =>
  (code) => {
    spin_lock(vm.mmu_lock);
    const value = code();
    spin_unlock(vm.mmu_lock);
    return value;
  };

const shadowing: GuestPagingPort<kvm, kvm_vcpu> = {
  flush: (vcpu) => {
    if (config().nested) mmu.kvm_init_shadow_npt_mmu(vcpu);
    else kvm_set_cr3(vcpu);
  },
  kvm_mmu_invlpg: mmu.kvm_mmu_invlpg,
  locked,
  allowWrite: ({ kvm: vm }) => locked(vm!)(() => mmu.mmu_need_write_protect(vm!)),
  emptySpte: 0n,
  pages: (vm) => vm.arch.sp,
};

export const system: SystemUnderTest = machine<kvm, kvm_vcpu>({
  era: 'v5.11',
  kvm_userspace_memory_region,
  kvm_vcpu,
  kvm_create_vm,
  kvm_destroy_vm,
  kvm_vm_ioctl_set_memory_region,
  kvm_set_memory_region,
  vcpu_enter_guest,
  handleExit,
  memslots,
  vcpus: {
    forget,
    setSmm: (vcpu, isInSmm) => {
      vcpu.arch.hflags = isInSmm ? vcpu.arch.hflags | HF_SMM_MASK : vcpu.arch.hflags & ~HF_SMM_MASK;
    },
    space: (vcpu) => kvm_arch_vcpu_memslots_id(vcpu) as AddressSpace,
  },
  mmioText: (spte) =>
    spte_h.is_mmio_spte(spte)
      ? {
          gfn: mmu.get_mmio_spte_gfn(spte),
          generation: Number(spte_h.get_mmio_spte_generation(spte)),
        }
      : null,
  mmio: mmioFunctions,
  internals,
  guestPaging: (vm) => guestPagingOf(shadowing, vcpu_enter_guest, vm),
});
