// SPDX-License-Identifier: GPL-2.0-only
// The system under test of v6.12: its port behind the interface that suites drive.

import { config, cpu_has_vmx_ept } from '#linux/config';
import { mutex_lock, mutex_unlock } from '#linux/mutex';
import type { rb_node } from '#linux/rbtree';
import { read_lock, read_unlock, write_lock, write_unlock } from '#linux/rwlock';
import { kzalloc } from '#linux/slab';
import { srcu_read_lock, srcu_read_unlock } from '#linux/srcu';
import { tracepointHits } from '#linux/tracepoint';
import type {
  AccessKind,
  AddressSpace,
  ArchWriter,
  MmioSpteFunctions,
  Notifier,
  RamSpteFunctions,
  SlotState,
  SystemUnderTest,
  Vcpu,
  VcpuCacheFunctions,
} from '#vocabulary';
import { HF_GUEST_MASK, rmap, spte_t } from '../v6.12/arch/x86/include/asm/kvm_host.ts';
import { kvm_lapic } from '../v6.12/arch/x86/kvm/lapic.h.ts';
import * as mmu from '../v6.12/arch/x86/kvm/mmu/mmu.ts';
import * as spte_h from '../v6.12/arch/x86/kvm/mmu/spte.h.ts';
import * as spte from '../v6.12/arch/x86/kvm/mmu/spte.ts';
import { kvm_shadow_root_allocated } from '../v6.12/arch/x86/kvm/mmu.h.ts';
import { nested_svm_transition_tlb_flush } from '../v6.12/arch/x86/kvm/svm/nested.ts';
import { handle_ept_misconfig } from '../v6.12/arch/x86/kvm/vmx/vmx.ts';
import * as x86_h from '../v6.12/arch/x86/kvm/x86.h.ts';
import { kvm_arch_vcpu_ioctl, kvm_set_cr3, vcpu_enter_guest } from '../v6.12/arch/x86/kvm/x86.ts';
import {
  __kvm_memslots,
  gfn_node_slot,
  id_to_memslot,
  is_error_pfn,
  is_noslot_pfn,
  KVM_HVA_ERR_BAD,
  type kvm,
  kvm_is_error_hva,
  kvm_memory_slot,
  type kvm_memslots_struct,
  kvm_vcpu,
} from '../v6.12/include/linux/kvm_host.ts';
import { kvm_userspace_memory_region2 } from '../v6.12/include/uapi/linux/kvm.ts';
import {
  __gfn_to_hva_many,
  gfn_to_hva,
  kvm_create_vm,
  kvm_destroy_vm,
  kvm_gfn_to_hva_cache_init,
  kvm_mmu_notifier_invalidate_range_end,
  kvm_mmu_notifier_invalidate_range_start,
  kvm_read_guest_cached,
  kvm_read_guest_offset_cached,
  kvm_set_memory_region,
  kvm_vcpu_gfn_to_memslot,
  kvm_vm_ioctl_set_memory_region,
  kvm_write_guest_cached,
  kvm_write_guest_offset_cached,
} from '../v6.12/virt/kvm/kvm_main.ts';
import { type GuestPagingPort, guestPagingOf } from './guest-paging.ts';
import { type Around, type Exit, leafOf, machine, type Port } from './machine.ts';
import { type PageCachePort, pageCacheOf } from './page-cache.ts';

/** HF_SMM_MASK, as the processor knows it. */
const SMM = 2;

/** How an exit ended is told by what it counted, and by whether an SPTE was found valid. */
function handleExit(vcpu: kvm_vcpu, exit: Exit): AccessKind {
  const sptesBefore = tracepointHits('handle_mmio_page_fault');
  forget(vcpu);
  const r = exit.isMisconfigured
    ? handle_ept_misconfig(vcpu, exit.gpa)
    : mmu.kvm_mmu_page_fault(vcpu, exit.gpa, exit.errorCode);
  const { pf_taken, pf_fixed, insn_emulation, pf_guest } = vcpu.stat;
  if (r < 0) return 'error';
  // Who is told of a fault must not have its access done as well.
  if (pf_guest > 0) return insn_emulation === 0 ? 'guest-fault' : 'error';
  if (insn_emulation === 0) return pf_fixed > 0 ? 'mapped' : 'retry';
  if (pf_taken > 0) return 'mmio-lookup';
  return tracepointHits('handle_mmio_page_fault') > sptesBefore ? 'mmio-spte' : 'mmio-vcpu';
}

/** Statistics, and the rights that are cached for the emulator. */
function forget(vcpu: kvm_vcpu): void {
  vcpu.stat.pf_taken = 0;
  vcpu.stat.pf_fixed = 0;
  vcpu.stat.pf_emulate = 0;
  vcpu.stat.pf_spurious = 0;
  vcpu.stat.pf_mmio_spte_created = 0;
  vcpu.stat.pf_guest = 0;
  vcpu.stat.insn_emulation = 0;
}

/** A vCPU on the stack, in the address space. */
function vcpuIn(vm: kvm, space: AddressSpace): kvm_vcpu {
  const vcpu = newVcpu();
  vcpu.kvm = vm;
  if (space === 1) vcpu.arch.hflags |= SMM;
  return vcpu;
}

function newVcpu(values?: Parameters<typeof kvm_vcpu.local>[0]): kvm_vcpu {
  const vcpu = kvm_vcpu.local(values);
  if (config().nested) vcpu.arch.hflags |= HF_GUEST_MASK;
  return vcpu;
}

/** The slots of a set by ascending gfn, as its tree has them. */
function slotsOf(slots: kvm_memslots_struct): kvm_memory_slot[] {
  const found: kvm_memory_slot[] = [];
  const visit = (node: rb_node | null): void => {
    if (node === null) return;
    visit(node.rb_left);
    found.push(gfn_node_slot(node, slots.node_idx));
    visit(node.rb_right);
  };
  visit(slots.gfn_tree.rb_node);
  return found;
}

function slotStates(slots: kvm_memslots_struct): SlotState[] {
  const found = slotsOf(slots);
  return found.map((slot) => {
    const { id, base_gfn, npages, userspace_addr, flags, arch } = slot;
    const index = found.indexOf(id_to_memslot(slots, id)!);
    const ownsMemory = arch.lpage_info !== null;
    return { id, base_gfn, npages, userspace_addr, flags, index, ownsMemory };
  });
}

function spareOf(vm: kvm, space: AddressSpace): kvm_memslots_struct {
  return vm.__memslots[space]![1 - vm.memslots[space]!.node_idx]!;
}

const memslots: Port<kvm, kvm_vcpu>['memslots'] = {
  spaces: () => config().addressSpaces,
  pointer: (vm, space) => vm.$.memslots[space]!,
  states: (vm, space) => slotStates(vm.memslots[space]!),
  spare: (vm, space) => slotStates(spareOf(vm, space)),
  generation: (vm, space) => vm.memslots[space]!.generation,
  setGeneration: (vm, space, generation) => {
    vm.memslots[space]!.generation = generation;
  },
  lookup: (vm, gfn, space) => {
    const slot = kvm_vcpu_gfn_to_memslot(vcpuIn(vm, space), gfn);
    const hva = __gfn_to_hva_many(slot, gfn, null, false);
    return kvm_is_error_hva(hva) ? null : hva;
  },
  lookupToWrite: (vm, gfn) => {
    const hva = gfn_to_hva(vm, gfn);
    return kvm_is_error_hva(hva) ? null : hva;
  },
};

function mmioFunctions(vm: kvm, locked: Around): MmioSpteFunctions {
  return {
    generationMask: (generation) => spte.generation_mmio_spte_mask(BigInt(generation)),
    generationOf: (entry) => Number(spte_h.get_mmio_spte_generation(entry)),
    isMmio: (entry) => spte_h.is_mmio_spte(vm, entry),
    gfnOf: mmu.get_mmio_spte_gfn,
    accessOf: mmu.get_mmio_spte_access,
    mark: (gfn, access) => locked(() => markOf(vm, gfn, access)),
    currentGeneration: () =>
      locked(() => Number(__kvm_memslots(vm, 0).generation & spte_h.MMIO_SPTE_GEN_MASK())),
    generationMax: () => Number(spte_h.MMIO_SPTE_GEN_MASK()),
    mmioMask: spte.shadow_mmio_value,
  };
}

function markOf(vm: kvm, gfn: bigint, access: number): bigint {
  const sptep = emptySpte();
  mmu.mark_mmio_spte(vcpuIn(vm, 0), sptep, gfn, access);
  return sptep.val;
}

function emptySpte(): spte_t {
  const sptep = spte_t.local();
  sptep.val = spte_h.SHADOW_NONPRESENT_VALUE;
  return sptep;
}

function ramOf(vm: kvm): RamSpteFunctions {
  return {
    isPresent: spte_h.is_shadow_present_pte,
    pfnOf: spte_h.spte_to_pfn,
    set: (old, { gfn, pfn, access, isSpeculative, isHostWritable }) => {
      const slot = kvm_memory_slot.local();
      slot.arch.rmap = kzalloc(rmap);
      const sptep = spte_t.local();
      sptep.val = old;
      mmu.mmu_set_spte(vcpuIn(vm, 0), slot, sptep, access, gfn, pfn, {
        addr: gfn << 12n,
        error_code: 0,
        prefetch: isSpeculative,
        write: false,
        present: false,
        rsvd: false,
        is_tdp: cpu_has_vmx_ept(),
        gfn,
        slot,
        mmu_seq: 0n,
        pfn,
        hva: KVM_HVA_ERR_BAD,
        map_writable: isHostWritable,
      });
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

function internals(vm: kvm): ReturnType<Port<kvm, kvm_vcpu>['internals']> {
  return {
    compareSlots: () => 0,
    isErrorPfn: is_error_pfn,
    isNoslotPfn: is_noslot_pfn,
    writeSpte: (gfn, entry) => {
      write_lock(vm.mmu_lock);
      leafOf(vm, gfn).val = entry;
      write_unlock(vm.mmu_lock);
    },
    mark: (gfn, access) => markOf(vm, gfn, access),
    isCurrent: (entry) => mmu.check_mmio_spte(vcpuIn(vm, 0), entry),
    sync: (entry, gfn, access) => {
      const sptep = spte_t.local();
      sptep.val = entry;
      const isDone = mmu.sync_mmio_spte(vcpuIn(vm, 0), sptep, gfn, access);
      // Nothing is counted any more.
      const present = isDone && sptep.val !== spte_h.SHADOW_NONPRESENT_VALUE ? 1 : 0;
      return { isDone, spte: sptep.val, present };
    },
    zapRange: (from, to) => mmu.kvm_zap_gfn_range(vm, from, to),
    loseRoots: (vcpu) => {
      own(vcpu).arch.pae_root_absent = 0b1111;
    },
    pageCache: () => pageCacheOf(pageCache, vm),
    mmioValueOf: (value, mask) => {
      const decided = spte.kvm_mmu_set_mmio_spte_mask(value, mask, 0n);
      return decided.enable_mmio_caching ? decided.shadow_mmio_value : 0n;
    },
    ram: ramOf(vm),
    vcpuCache,
    frozen: { frozen: spte_h.FROZEN_SPTE, empty: spte_h.SHADOW_NONPRESENT_VALUE },
  };
}

/** As __kvm_handle_hva_range() counts them, and as it says that none may change the slots. */
function notifier(vm: kvm): Notifier {
  return {
    start: (from, to) => kvm_mmu_notifier_invalidate_range_start(vm, from, to),
    end: (from, to) => kvm_mmu_notifier_invalidate_range_end(vm, from, to),
    underWay: () => Math.abs(vm.mmu_invalidate_in_progress) + Number(vm.mn_active_invalidate_count),
  };
}

/** A vCPU that needs the first shadow table, inside the section that its entry holds. */
function archWriter(vm: kvm): ArchWriter {
  return {
    write: () => {
      const idx = srcu_read_lock(vm.srcu);
      mmu.mmu_first_shadow_root_alloc(vm);
      srcu_read_unlock(vm.srcu, idx);
    },
    isLost: () => {
      if (!kvm_shadow_root_allocated(vm)) return false;
      mutex_lock(vm.slots_lock);
      const isLost = SPACES().some((space) => slotsOf(vm.memslots[space]!).some(isBare));
      mutex_unlock(vm.slots_lock);
      return isLost;
    },
  };
}

/** Under mmu_lock, for writing. */
const locked =
  (vm: kvm): Around =>
  (code) => {
    write_lock(vm.mmu_lock);
    const value = code();
    write_unlock(vm.mmu_lock);
    return value;
  };

const shadowing: GuestPagingPort<kvm, kvm_vcpu> = {
  flush: (vcpu) => {
    if (config().nested) nested_svm_transition_tlb_flush(vcpu);
    else kvm_set_cr3(vcpu);
  },
  kvm_mmu_invlpg: mmu.kvm_mmu_invlpg,
  locked,
  // The memory of a hypervisor is mapped by the TDP MMU, whose faults only read-lock.
  allowWrite: ({ kvm: vm }) => {
    if (!config().nested) return locked(vm!)(() => mmu.mmu_try_to_unsync_pages(vm!));
    read_lock(vm!.mmu_lock);
    mmu.mmu_try_to_unsync_pages(vm!);
    read_unlock(vm!.mmu_lock);
  },
  emptySpte: spte_h.SHADOW_NONPRESENT_VALUE,
  pages: (vm) => vm.arch.sp,
};

const SPACES = (): AddressSpace[] => (config().addressSpaces === 1 ? [0] : [0, 1]);

const isBare = (slot: kvm_memory_slot): boolean => slot.arch.rmap === null;

export const system: SystemUnderTest = machine<kvm, kvm_vcpu>({
  era: 'v6.12',
  kvm_userspace_memory_region: kvm_userspace_memory_region2,
  kvm_vcpu: { local: newVcpu },
  kvm_create_vm,
  kvm_destroy_vm,
  kvm_vm_ioctl_set_memory_region,
  kvm_set_memory_region,
  vcpu_enter_guest,
  handleExit,
  memslots,
  vcpus: {
    forget: (vcpu) => {
      forget(vcpu);
      vcpu.arch.mmio_access = 0;
    },
    setSmm: (vcpu, isInSmm) => {
      vcpu.arch.hflags = isInSmm ? vcpu.arch.hflags | SMM : vcpu.arch.hflags & ~SMM;
    },
    space: (vcpu) => ((vcpu.arch.hflags & SMM) !== 0 ? 1 : 0),
  },
  mmioText: (entry) =>
    (entry & spte.shadow_mmio_mask()) === spte.shadow_mmio_value() && spte.enable_mmio_caching()
      ? {
          gfn: mmu.get_mmio_spte_gfn(entry),
          generation: Number(spte_h.get_mmio_spte_generation(entry)),
        }
      : null,
  mmio: mmioFunctions,
  internals,
  others: (vm) => ({ notifier: notifier(vm), archWriter: archWriter(vm) }),
  guestPaging: (vm) => guestPagingOf(shadowing, vcpu_enter_guest, vm),
});
