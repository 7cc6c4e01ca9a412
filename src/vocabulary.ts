// SPDX-License-Identifier: GPL-2.0-only
// Read this first: the values that flow between the stages. A scenario drives a system under test
// in a world; an engine explores it and finds violations; a mutant is a system under test with
// edits; a verdict says what the exploration of a mutant means.

import type { MemoryModel } from '#explorer/program';
import type { Value } from '#explorer/world';
import type { HostConfig } from '#linux/config';
import type { AccessMode } from '#linux/hardware';

/** A kernel release whose behaviour differs in kind. */
export type EraName = 'v3.16' | 'v3.17' | 'v3.19' | 'v5.11' | 'v6.12';

/** Whose rules a system is held to. Releases between two eras are met as the C of a tree only. */
export type RulesName = EraName | 'v4.19' | 'v5.2' | 'v5.6' | 'v5.15';

/** One memory region as userspace passes it; all sizes in bytes, u64. */
export interface UserMemoryRegion {
  readonly slot: number;
  readonly flags: number;
  readonly guest_phys_addr: bigint;
  readonly memory_size: bigint;
  readonly userspace_addr: bigint;
}

/** How a guest access to memory ended. */
export type AccessKind =
  /** Handled as MMIO because an SPTE said so. */
  | 'mmio-spte'
  /** Handled as MMIO because the per-vCPU cache said so. */
  | 'mmio-vcpu'
  /** Handled as MMIO after the memslots were looked up. */
  | 'mmio-lookup'
  /** Went to memory through a present SPTE, no exit. */
  | 'ram'
  /** The fault was handled and memory was mapped; the guest will try again. */
  | 'mapped'
  /** The guest will try again. */
  | 'retry'
  /** The guest's own page tables do not allow it: the fault is the guest's. */
  | 'guest-fault'
  /** KVM gave up with an error. */
  | 'error';

export interface Access {
  readonly kind: AccessKind;
  /** For `ram`: the host page that the guest reached. */
  readonly pfn: bigint;
}

/** 0 is where the guest lives, 1 where it is in system management mode. */
export type AddressSpace = 0 | 1;

/** A vCPU of a system under test lives on the stack of its thread: only that thread touches it. */
export type Vcpu = object;

/**
 * What a scenario drives: a port, a mutated port, or the C of a tree. Functions must be called
 * inside a thread (or direct execution) of one world; a system keeps no state of its own.
 */
export interface SystemUnderTest {
  readonly era: EraName;
  /** Whose rules it is held to, if not those of the era. */
  readonly rules?: RulesName | undefined;
  /** Makes the VM: called once, in direct execution, before any thread runs. */
  readonly boot: (gfns: readonly bigint[]) => Vm;
}

/** The VM that boot() made. Holds addresses only; its state lies in the world's memory. */
export interface Vm {
  /** How many address spaces the guest has: the second is that of SMM. */
  readonly addressSpaces: number;
  /** Cell of the published memslots pointer, so that oracles can watch publication. */
  readonly publishedCell: (space?: AddressSpace) => number;
  /** KVM_SET_USER_MEMORY_REGION, with the locks that the ioctl takes. 0 or -errno. */
  readonly setMemoryRegion: (region: UserMemoryRegion) => number;
  /** A vCPU as it is after creation, or as `carried` says. */
  readonly vcpu: (carried: readonly Value[] | null) => Vcpu;
  /** The vCPU enters or leaves system management mode, and with it the address space. */
  readonly setSmm: (vcpu: Vcpu, isInSmm: boolean) => void;
  /** All that must be carried from one exit of the vCPU to the next. */
  readonly carry: (vcpu: Vcpu) => readonly Value[];
  /**
   * The guest accesses `gpa` once, by default to read: hardware walk, and the exit if there is one.
   * It is a virtual address if the guest has page tables of its own.
   */
  readonly access: (vcpu: Vcpu, gpa: bigint, mode?: AccessMode) => Access;
  /**
   * One SRCU-protected lookup: the userspace address behind gfn, or null where there is no slot.
   */
  readonly lookup: (gfn: bigint, space?: AddressSpace) => bigint | null;
  /** The same for a write: null as well where the slot is read-only. */
  readonly lookupToWrite: (gfn: bigint) => bigint | null;
  /** The visible slots in the era's own order, read from the published set. For checks at rest. */
  readonly slots: (space?: AddressSpace) => readonly SlotState[];
  /** All entries of the published set, those without pages included. For checks at rest. */
  readonly entries: (space?: AddressSpace) => readonly SlotState[];
  /**
   * The slots of a set that is kept in memory beside the published one, in the same order; null
   * where there is none. For checks at rest.
   */
  readonly spareSlots: (space?: AddressSpace) => readonly SlotState[] | null;
  /** The memslots generation of the published set, u64. For checks at rest. */
  readonly generation: (space?: AddressSpace) => bigint;
  /** The same number as a reader finds it at any time, in a read-side section. */
  readonly generationSeen: (space?: AddressSpace) => bigint;
  /** The leaf SPTE that maps gfn, u64. For checks at rest. */
  readonly spte: (gfn: bigint, space?: AddressSpace) => bigint;
  /** The host's memory management; null where the era's port leaves it out. */
  readonly notifier: Notifier | null;
  /** Who changes arch fields of slots beside an update; null where nobody does. */
  readonly archWriter: ArchWriter | null;
  /** Pure helpers of the MMIO SPTE, for property checks. */
  readonly mmio: MmioSpteFunctions;
  /** What no call from outside tells apart, for checks of one function at a time. */
  readonly internals: Internals;
  /**
   * There if the host has `guestPaging`, and the port the code for it: the pages of boot() are then
   * virtual, and each has one entry of the guest's leaf table.
   */
  readonly guestPaging?: GuestPaging | undefined;
}

/** A guest with a leaf page table of its own, which KVM shadows. Pages are virtual. */
export interface GuestPaging {
  /**
   * The guest writes the entry of a page: gfn << 12, 1 present, 2 writable, 4 user, bit 63 not
   * executable, u64. Who may have cached the old one is not told.
   */
  readonly writePte: (vcpu: Vcpu, page: bigint, gpte: bigint) => void;
  /** The guest loads CR3 with what it held: all that it wrote is to count from now on. */
  readonly reloadCr3: (vcpu: Vcpu) => void;
  /** INVLPG: what it wrote to the entry of this page is to count from now on. */
  readonly invlpg: (vcpu: Vcpu, page: bigint) => void;
  /** The entry of a page as it is in the guest's memory. For checks at rest. */
  readonly pte: (page: bigint) => bigint;
  /** Does KVM have a shadow of the table? For checks at rest. */
  readonly isShadowed: () => boolean;
  /** May the guest have written what the shadow does not say? For checks at rest. */
  readonly isUnsync: () => boolean;
}

/**
 * MMU notifier: the host is about to change what lies behind userspace addresses, `from` to `to`.
 */
export interface Notifier {
  readonly start: (from: bigint, to: bigint) => void;
  readonly end: (from: bigint, to: bigint) => void;
  /** How many changes the VM believes to be under way. For checks at rest. */
  readonly underWay: () => number;
}

/** Memory that slots get late, and that an update must not lose. */
export interface ArchWriter {
  /** Gives every slot what it lacks. */
  readonly write: () => void;
  /** Does a published slot lack it, though it was written? For checks at rest. */
  readonly isLost: () => boolean;
}

/**
 * Functions of the kernel that a scenario calls one by one. They take no locks: those that look at
 * the slots are called inside `reading`.
 */
export interface Internals {
  /** Runs code in a read-side section, as an exit does. */
  readonly reading: <T>(code: () => T) => T;
  /** A call from inside KVM, which may name the slots that userspace may not. 0 or -errno. */
  readonly setMemoryRegion: (region: UserMemoryRegion) => number;
  /** kvm_destroy_vm(): nothing may be asked of the VM then. Drivers of trees end none. */
  readonly destroy?: () => void;
  /** How slots of so many pages compare: negative if the first of them goes first. */
  readonly compareSlots: (npages: bigint, others: bigint) => number;
  /** Does a page frame number stand for an error, and does it say that there is no slot? */
  readonly isErrorPfn: (pfn: bigint) => boolean;
  readonly isNoslotPfn: (pfn: bigint) => boolean;
  /** Overwrites the leaf SPTE that maps gfn, as broken memory would. */
  readonly writeSpte: (gfn: bigint, spte: bigint) => void;
  /** mark_mmio_spte(): the MMIO SPTE of gfn and access, with the current number. */
  readonly mark: (gfn: bigint, access: number) => bigint;
  /** check_mmio_spte(): does the MMIO SPTE hold the current number? */
  readonly isCurrent: (spte: bigint) => boolean;
  /** sync_mmio_spte() on an entry, whose page table of the guest now says gfn and access. */
  readonly sync: (spte: bigint, gfn: bigint, access: number) => SyncedSpte;
  /**
   * kvm_zap_gfn_range(): zaps what maps the gfns `from` to before `to`. Takes the section that it
   * needs, so it is called outside of one. Not in eras whose port leaves it out.
   */
  readonly zapRange?: (from: bigint, to: bigint) => void;
  /** Takes a vCPU's upper entries, so that a walk finds nothing. Not in eras without them. */
  readonly loseRoots?: (vcpu: Vcpu) => void;
  /** What KVM itself remembers of a page that it uses often; not there where it is left out. */
  readonly pageCache?: () => PageCache;
  readonly ram: RamSpteFunctions;
  readonly vcpuCache: VcpuCacheFunctions;
  /** kvm_mmu_set_mmio_spte_mask(): what MMIO SPTEs get; 0 if it is refused. Only in v6.12. */
  readonly mmioValueOf?: (value: bigint, mask: bigint) => bigint;
  /** An SPTE that somebody is about to replace, and one that says nothing, in eras with both. */
  readonly frozen?: { readonly frozen: bigint; readonly empty: bigint };
}

/** A place in the guest that KVM found once and uses again. Called inside `reading`. */
export interface PageCache {
  /** Finds `len` bytes at gpa. 0 or -errno. */
  readonly find: (gpa: bigint, len: bigint) => number;
  /** KVM_SET_VAPIC_ADDR: finds 4 bytes. Takes the section that it needs, where it takes one. */
  readonly setVapicAddr: (gpa: bigint) => number;
  /** Reads or writes the first `len` of the bytes that were found. */
  readonly read: (len: bigint) => GuestCopy;
  readonly write: (len: bigint) => GuestCopy;
  /** The same for bytes from `offset` on, in eras that know of offsets. */
  readonly readAt?: (offset: bigint, len: bigint) => GuestCopy;
  readonly writeAt?: (offset: bigint, len: bigint) => GuestCopy;
  /** The number of the slots that were asked last; and whether reads need no lookup until then. */
  readonly kept: () => { readonly generation: bigint; readonly hasSlot: boolean };
}

/** What KVM copied from or to the guest. */
export interface GuestCopy {
  /** 0 or -errno. */
  readonly result: number;
  /** Where in userspace the bytes lie, in order: `n` from `addr` on. Those before an error too. */
  readonly ranges: readonly { readonly addr: bigint; readonly n: bigint }[];
  /** The pages that were marked as written, by slot and place in it. */
  readonly dirty: readonly { readonly slot: number; readonly page: bigint }[];
}

/** The functions on SPTEs of RAM, which are u64. */
export interface RamSpteFunctions {
  readonly isPresent: (spte: bigint) => boolean;
  readonly pfnOf: (spte: bigint) => bigint;
  /** mmu_set_spte() on an SPTE that holds `old`; returns what it holds then. */
  readonly set: (old: bigint, page: MappedPage) => bigint;
}

/** A page that an SPTE is to map. */
export interface MappedPage {
  readonly gfn: bigint;
  readonly pfn: bigint;
  /** Sum of 1 execute, 2 write, 4 user. */
  readonly access: number;
  /** No guest asked for the page yet. */
  readonly isSpeculative: boolean;
  readonly isHostWritable: boolean;
}

export interface SyncedSpte {
  /** The entry was one of MMIO, and is dealt with. */
  readonly isDone: boolean;
  readonly spte: bigint;
  /** How many present entries the function counted. */
  readonly present: number;
}

/** The MMIO cache of a vCPU: addresses are u64, and each gva counts as its page. */
export interface VcpuCacheFunctions {
  readonly fill: (vcpu: Vcpu, gva: bigint, gfn: bigint, access: number) => void;
  readonly matchesGva: (vcpu: Vcpu, gva: bigint) => boolean;
  readonly matchesGpa: (vcpu: Vcpu, gpa: bigint) => boolean;
  readonly clear: (vcpu: Vcpu, gva: bigint) => void;
  readonly contents: (vcpu: Vcpu) => CachedMmio;
}

/** What a vCPU remembers of its last MMIO access. */
export interface CachedMmio {
  readonly gva: bigint;
  readonly gfn: bigint;
  readonly access: number;
}

export interface SlotState {
  readonly id: number;
  readonly base_gfn: bigint;
  readonly npages: bigint;
  readonly userspace_addr: bigint;
  readonly flags: number;
  /** Where its id leads: the place of a slot among all entries. */
  readonly index: number;
  /** It holds memory that was allocated for it. */
  readonly ownsMemory: boolean;
}

/** The era's own functions on MMIO SPTEs: SPTEs and gpas are u64, generations u32. */
export interface MmioSpteFunctions {
  readonly generationMask: (generation: number) => bigint;
  readonly generationOf: (spte: bigint) => number;
  readonly isMmio: (spte: bigint) => boolean;
  readonly gfnOf: (spte: bigint) => bigint;
  readonly accessOf: (spte: bigint) => number;
  /** mark_mmio_spte() for a VM whose memslots generation is as given; returns the SPTE. */
  readonly mark: (gfn: bigint, access: number) => bigint;
  readonly currentGeneration: () => number;
  /** Largest generation that an SPTE can hold, as the era defines it. */
  readonly generationMax: () => number;
  readonly mmioMask: () => bigint;
}

export type { AccessMode, HostConfig, MemoryModel };
