// SPDX-License-Identifier: GPL-2.0-only
// What does a guest do to page tables of its own, and how does the processor tell KVM of it? It
// writes an entry, loads CR3, or gives up one address: the part of the machine for guests whose
// leaf table KVM shadows. Like the machine, it is never mutated.

import { Crash } from '#explorer/run';
import { config } from '#linux/config';
import { demand_covered, pte_index } from '#linux/pgtable';
import { spin_lock, spin_unlock } from '#linux/spinlock';
import type { GuestPaging, Vcpu } from '#vocabulary';
import type { KvmFace } from './machine.ts';

/** The functions of a port that such a guest reaches, under their kernel names. */
export interface GuestPagingPort<V> {
  readonly paging64_page_fault: (
    vcpu: V,
    addr: bigint,
    error_code: number,
    prefault: boolean,
  ) => number;
  readonly kvm_set_cr3: (vcpu: V) => number;
  readonly kvm_mmu_invlpg: (vcpu: V, gva: bigint) => void;
  readonly mmu_need_write_protect: (vcpu: V, can_unsync: boolean) => boolean;
}

/** What is asked of struct kvm. */
export interface GuestKvm extends KvmFace {
  readonly mmu_lock: object;
  readonly arch: KvmFace['arch'] & {
    readonly gpt: bigint[];
    readonly sp: readonly { readonly unsync: number }[];
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
export function guestPagingOf<V>(
  port: GuestPagingPort<V>,
  vcpu_enter_guest: EnterGuest<V>,
  kvm: GuestKvm,
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
    reloadCr3: (vcpu) =>
      exit(own(vcpu), (current) => {
        port.kvm_set_cr3(current);
      }),
    invlpg: (vcpu, page) => exit(own(vcpu), (current) => port.kvm_mmu_invlpg(current, page * PAGE)),
    pte: (page) => kvm.arch.gpt[indexOf(page)]!,
    isShadowed: () => kvm.arch.parent_pte[0]!.val !== 0n,
    isUnsync: () => kvm.arch.sp[0]!.unsync !== 0,
  };
}

/**
 * A shadowed table that is in step with its shadow is write-protected: KVM lets the guest write it
 * and notes that it is in step no more. Protecting it again flushes the TLBs of all vCPUs under
 * mmu_lock, so a store of the guest comes before that or faults after it: the lock says so here.
 */
function writePte<V>(
  port: GuestPagingPort<V>,
  kvm: GuestKvm,
  exit: Exit<V>,
  vcpu: V,
  index: number,
  gpte: bigint,
): void {
  for (let i = 0; i < TRIES; i++) {
    spin_lock(kvm.mmu_lock);
    const isProtected = kvm.arch.parent_pte[0]!.val !== 0n && kvm.arch.sp[0]!.unsync === 0;
    if (!isProtected) kvm.arch.gpt[index] = gpte;
    spin_unlock(kvm.mmu_lock);
    if (!isProtected) return;
    exit(vcpu, (current) => {
      spin_lock(kvm.mmu_lock);
      port.mmu_need_write_protect(current, true);
      spin_unlock(kvm.mmu_lock);
    });
  }
  throw new Crash('no progress: a page table of the guest can never be written');
}
