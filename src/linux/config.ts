// SPDX-License-Identifier: GPL-2.0-only
// What does a port know about the host that it runs on? Read-only parameters of one exploration:
// what Kconfig, module parameters and CPU features decide in a kernel.

import { isDeepStrictEqual } from 'node:util';
import { currentWorld, runDirectly } from '#explorer/run';

export interface HostConfig {
  /** Which shadow_mmio_mask is in use: EPT misconfiguration bits, or reserved physical bits. */
  readonly mmio: 'ept' | 'shadow';
  /**
   * Without EPT: the processor walks a second table all the same, as AMD's does (NPT), and its
   * faults go where those of EPT go.
   */
  readonly npt: boolean;
  /** Physical address bits of the guest CPU; 52 leaves no reserved bit. */
  readonly maxphyaddr: number;
  /** KVM_USER_MEM_SLOTS: how many slots userspace may use. */
  readonly userMemSlots: number;
  /** KVM_PRIVATE_MEM_SLOTS: how many more KVM keeps for itself. */
  readonly privateMemSlots: number;
  /** Bits of the generation below and above the split of the SPTE fields; null: the era's own. */
  readonly generationBits: { readonly low: number; readonly high: number } | null;
  /** The memslots generation at VM creation; null: the era's own. */
  readonly generationStart: bigint | null;
  /** Address spaces of a VM, where the era has more than one; the second is that of SMM. */
  readonly addressSpaces: 1 | 2;
  /** The guest has page tables of its own, which KVM shadows: it accesses virtual addresses. */
  readonly guestPaging: boolean;
  /** The vCPU runs a guest of the guest: what faults is no address of the first guest's memory. */
  readonly nested: boolean;
  /** Bits of an `unsigned long`. */
  readonly longBits: 64 | 32;
  /** Slots may be bound to files of private memory, in eras that have those. */
  readonly privateMemory: boolean;
  /** Five bits of the address in an MMIO SPTE are moved, against the L1 terminal fault. */
  readonly l1tf: boolean;
  /** Names of the allocations that fail, such as `memslots 1`. */
  readonly failAllocations: readonly string[];
  /** Ordinals (from 1) of the ioctls whose kvm_arch_prepare_memory_region() fails with -ENOMEM. */
  readonly failPrepare: readonly number[];
}

/** The host of the thread that runs. */
export function config(): HostConfig {
  return currentWorld().options.config as unknown as HostConfig;
}

/** True if the processor walks a second table from guest to host addresses by itself. */
export function cpu_has_vmx_ept(): boolean {
  return config().mmio === 'ept';
}

/**
 * What the kernel decides once, when a module is loaded, and then keeps in variables that nobody
 * writes: a function of the host. It is worked out at the first call on each host.
 */
export function ro_after_init<T>(decide: () => T): () => T {
  const decided = new WeakMap<HostConfig, { readonly value: T }>();
  return () => {
    const host = config();
    let known = decided.get(host);
    if (known === undefined) {
      const first = decide();
      known = { value: first };
      decided.set(host, known);
      const world = currentWorld();
      // What is decided is read outside of any thread, by whoever asks whether it still holds.
      world.kept.push(() => isDeepStrictEqual(runDirectly(world, -1, decide).result, first));
    }
    return known.value;
  };
}
