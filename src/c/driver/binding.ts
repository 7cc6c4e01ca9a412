// SPDX-License-Identifier: GPL-2.0-only
// What must a driver know of a kernel's shape? How its VM is made, where its slots lie, which
// function handles an exit. A profile answers for its kernels by calling the tree's own functions.

import type { Walk } from '#linux/hardware';
import type {
  AccessKind,
  AccessMode,
  AddressSpace,
  EraName,
  HostConfig,
  Internals,
  MmioSpteFunctions,
  RulesName,
  SlotState,
  Vm,
} from '#vocabulary';
import type { Address } from '../machine.ts';
import type { Kernel } from './kernel.ts';

/** A VM of C: where the objects lie that the driver made. */
export interface Machine {
  readonly kernel: Kernel;
  readonly host: HostConfig;
  readonly kvm: Address;
  /** One leaf page table for each address space. */
  readonly tables: readonly Address[];
}

/** An exit of the guest. */
export interface Exit {
  readonly gpa: bigint;
  readonly mode: AccessMode;
  readonly walk: Exclude<Walk, bigint>;
  /** Bits of PFERR_*. */
  readonly errorCode: number;
}

export interface Binding {
  /** Whose port is like these kernels. */
  readonly era: EraName;
  /** Whose rules they are held to, if not those of that era. */
  readonly rules?: RulesName;
  /** Locks inside struct kvm, by field; one that ends in `?` is not in all of these kernels. */
  readonly locks: readonly string[];
  /** Fields that change while others read their neighbours, by type; `?` as in locks. */
  readonly apart: Readonly<Record<string, readonly string[]>>;
  /** Parts of struct kvm that are mostly written while nobody sees them. */
  readonly groups: (kernel: Kernel, host: HostConfig) => readonly string[];
  readonly spaces: (kernel: Kernel, host: HostConfig) => number;
  /** What an entry of the page table holds that says nothing, u64. */
  readonly emptyEntry: (kernel: Kernel) => bigint;
  /** Sets what module load decides: masks, feature flags. In boot, before the VM is made. */
  readonly loadModule: (kernel: Kernel, host: HostConfig) => void;
  /** Fills a struct kvm of zeroes, whose locks are made already. */
  readonly createVm: (machine: Machine) => void;
  /** Fills a vCPU of zeroes. */
  readonly createVcpu: (machine: Machine, vcpu: Address) => void;
  /** Where the pointer to the published memslots lies. */
  readonly publishedAt: (machine: Machine, space: AddressSpace) => Address;
  readonly setMemoryRegion: (machine: Machine, region: Address, isInternal: boolean) => number;
  readonly regionType: (kernel: Kernel) => string;
  readonly handleExit: (machine: Machine, vcpu: Address, exit: Exit) => AccessKind;
  /** Fields of a vCPU that only others than the tree read, and counters: forgotten at exits. */
  readonly forgotten: readonly string[];
  readonly setSmm: (machine: Machine, vcpu: Address, isInSmm: boolean) => void;
  readonly space: (machine: Machine, vcpu: Address) => AddressSpace;
  readonly slots: (machine: Machine, space: AddressSpace, which: 'slots' | 'all') => SlotState[];
  readonly spare: ((machine: Machine, space: AddressSpace) => SlotState[]) | null;
  readonly generation: (machine: Machine, space: AddressSpace) => bigint;
  readonly setGeneration: (machine: Machine, space: AddressSpace, generation: bigint) => void;
  readonly lookup: (machine: Machine, gfn: bigint, space: AddressSpace) => bigint | null;
  readonly lookupToWrite: (machine: Machine, gfn: bigint) => bigint | null;
  readonly mmioText: (machine: Machine, spte: bigint) => { gfn: bigint; generation: number } | null;
  readonly mmio: (
    machine: Machine,
    makeVcpu: () => Address,
  ) => Omit<MmioSpteFunctions, 'currentGeneration'>;
  readonly currentGeneration: (machine: Machine) => number;
  readonly internals: (
    machine: Machine,
    makeVcpu: () => Address,
  ) => Omit<Internals, 'reading' | 'setMemoryRegion' | 'writeSpte'>;
  readonly others?: (machine: Machine) => Pick<Vm, 'notifier' | 'archWriter'>;
}
