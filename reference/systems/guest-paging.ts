// SPDX-License-Identifier: GPL-2.0-only
// What does a guest do to page tables of its own, and how does the processor tell KVM of it? It
// writes an entry, loads CR3, or gives up one address: the part of the machine for guests whose
// leaf table KVM shadows. Like the machine, it is never mutated.

import { Crash } from '#explorer/run';
import { config } from '#linux/config';
import { demand_covered, pte_index } from '#linux/pgtable';
import type { GuestPaging, Vcpu } from '#vocabulary';
import type { Around, KvmFace } from './machine.ts';

/** What such a guest reaches of a port. */
export interface GuestPagingPort<K, V> {
  /** MOV to CR3; for a guest of the guest the entry by its hypervisor, which flushes as well. */
  readonly flush: (vcpu: V) => void;
  readonly kvm_mmu_invlpg: (vcpu: V, gva: bigint) => void;
  /** Runs code under mmu_lock, with nobody else in it. */
  readonly locked: (kvm: K) => Around;
  /** A write to the table itself faults, and KVM lets the guest write it. Takes mmu_lock. */
  readonly allowWrite: (vcpu: V) => void;
  /** What an entry of a table of KVM's holds that says nothing, u64. */
  readonly emptySpte: bigint;
  /** The pages that shadow the table. */
  readonly pages: (kvm: K) => readonly { readonly unsync: number }[];
}

/** What is asked of struct kvm. */
export interface GuestKvm extends KvmFace {
  readonly arch: KvmFace['arch'] & {
    readonly gpt: bigint[];
    readonly parent_pte: readonly { readonly val: bigint }[];
  };
}

type EnterGuest<V> = (
  vcpu: V,
  kvm_x86_ops: { readonly handle_exit: (vcpu: V) => number },
) => number;

/** How an exit of the vCPU is run. */
type Exit<V> = (vcpu: V, handle_exit: (vcpu: V) => void) => void;

const PAGE = 0x1000n;
/** A write that faults is let through at its next try, unless others undo that every time. */
const TRIES = 8;

/** What the guest of a VM does to its page tables; undefined if it has none of its own. */
export function guestPagingOf<K extends GuestKvm, V>(
  port: GuestPagingPort<K, V>,
  vcpu_enter_guest: EnterGuest<V>,
  kvm: K,
): GuestPaging | undefined {
  if (!config().guestPaging) return undefined;
  const exit: Exit<V> = (vcpu, handle) => {
    vcpu_enter_guest(vcpu, {
      handle_exit: (current) => {
        handle(current);
        return 1;
      },
    });
  };
  const own = (vcpu: Vcpu) => vcpu as V;
  const indexOf = (page: bigint): number => {
    demand_covered(page);
    return pte_index(page);
  };
  return {
    writePte: (vcpu, page, gpte) => writePte(port, kvm, exit, own(vcpu), indexOf(page), gpte),
    reloadCr3: (vcpu) => exit(own(vcpu), port.flush),
    invlpg: (vcpu, page) => exit(own(vcpu), (current) => port.kvm_mmu_invlpg(current, page * PAGE)),
    pte: (page) => kvm.arch.gpt[indexOf(page)]!,
    isShadowed: () => shadowing(port, kvm).length > 0,
    isUnsync: () => port.pages(kvm)[0]!.unsync !== 0,
  };
}

/** Do the pages that are there, and shadow the table, know that it may have been written? */
function shadowing<K extends GuestKvm, V>(port: GuestPagingPort<K, V>, kvm: K): boolean[] {
  const pages = port.pages(kvm);
  const unsync: boolean[] = [];
  for (let space = 0; space < pages.length; space++) {
    if (kvm.arch.parent_pte[space]!.val !== port.emptySpte) unsync.push(pages[space]!.unsync !== 0);
  }
  return unsync;
}

/**
 * A shadowed table that is in step with its shadow is write-protected: KVM lets the guest write it
 * and notes that it is in step no more. Protecting it again flushes the TLBs of all vCPUs under
 * mmu_lock, so a store of the guest comes before that or faults after it: the lock says so here.
 */
function writePte<K extends GuestKvm, V>(
  port: GuestPagingPort<K, V>,
  kvm: K,
  exit: Exit<V>,
  vcpu: V,
  index: number,
  gpte: bigint,
): void {
  for (let i = 0; i < TRIES; i++) {
    const isWritten = port.locked(kvm)(() => {
      if (shadowing(port, kvm).includes(false)) return false;
      kvm.arch.gpt[index] = gpte;
      return true;
    });
    if (isWritten) return;
    exit(vcpu, port.allowWrite);
  }
  throw new Crash('no progress: a page table of the guest can never be written');
}
