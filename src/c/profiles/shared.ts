// SPDX-License-Identifier: GPL-2.0-only
// What do the profiles share? Primitives, what is silent by nature, and models of what no profile
// translates. Each profile names what it takes.

import { emit, isReplaying, PortError } from '#explorer/run';
import { config } from '#linux/config';
import { log_dirty_page } from '#linux/dirty-log';
import { trace_handle_mmio_page_fault } from '#linux/tracepoint';
import type { HostConfig } from '#vocabulary';
import { hasConstant } from '../driver/common.ts';
import { loadUnsigned } from '../driver/kernel.ts';
import { NO_LAPIC } from '../driver/page-cache.ts';
import { ATOMICS } from '../intrinsics/atomics.ts';
import { areCopiesTold, COPIES } from '../intrinsics/copies.ts';
import type { Intrinsics } from '../intrinsics/intrinsic.ts';
import { pointer } from '../intrinsics/intrinsic.ts';
import { LOCKS } from '../intrinsics/locks.ts';
import { MEMORY } from '../intrinsics/memory.ts';
import type { Runtime } from '../memory/runtime.ts';
import type { Modelled, Profile } from './profile.ts';

const silent = { kind: 'stubbed' } as const;
const zero = { kind: 'stubbed', returns: 0 } as const;

/** Tracing, logging, debugging, scheduling hints: silent by nature. */
export const SILENT: Profile['stubbed'] = {
  'trace_*': silent,
  'pr_*': silent,
  'kvm_err*': silent,
  'kvm_debug*': silent,
  'vcpu_unimpl*': silent,
  printk: silent,
  printk_ratelimited: silent,
  pgprintk: silent,
  rmap_printk: silent,
  'might_*': silent,
  cond_resched: zero,
  cond_resched_lock: zero,
  need_resched: zero,
  spin_needbreak: zero,
  'lockdep_assert_*': silent,
  local_irq_disable: silent,
  local_irq_enable: silent,
};

const isHeld = LOCKS['lockdep_is_held' as string]!.run;

/** A tracepoint that tells which path an exit took; no step. */
const TRACEPOINTS: Intrinsics = {
  trace_handle_mmio_page_fault: {
    prototype: 'void trace_handle_mmio_page_fault(u64 addr, u64 gfn, unsigned access)',
    run: (m, site, addr, gfn, access) => {
      m.at_(site);
      trace_handle_mmio_page_fault(BigInt(addr!), BigInt(gfn!), Number(access));
      return undefined;
    },
  },
  lockdep_assert_held: {
    prototype: 'void lockdep_assert_held(void *lock)',
    run: (m, site, lock) => {
      const held = isHeld(m, site, lock!);
      if (held === 0 && !isReplaying()) emit('WARN', m.functionName());
      return undefined;
    },
  },
};

export const PRIMITIVES: Intrinsics = {
  ...LOCKS,
  ...MEMORY,
  ...ATOMICS,
  ...COPIES,
  ...TRACEPOINTS,
};

/** Functions of the tree that the closure has and that no scenario may reach: reaching one ends in
 * unknown. */
export function unreached(why: string, ...names: string[]): Record<string, Modelled> {
  return Object.fromEntries(
    names.map((name): [string, Modelled] => [
      name,
      {
        prototype: '',
        why: `not hosted: ${why}`,
        run: () => {
          throw new PortError(`${name}() was reached, which the profile does not host: ${why}`);
        },
      },
    ]),
  );
}

const PAGE_SHIFT = 12n;

/** The host's page behind a userspace address has the frame of the same number, always. */
export const IDENTITY_PFN = 'every userspace address has the page frame of its own number';

/** The last argument says where to tell that the page is writable. */
export const IDENTITY: Modelled = {
  prototype: '',
  why: IDENTITY_PFN,
  run: (m, site, ...args) => {
    const writable = pointer(args.at(-1));
    if (writable !== 0) m.st8(site, writable, 1);
    return BigInt.asUintN(64, BigInt(args[0]!)) >> PAGE_SHIFT;
  },
};

/** Takes all entries out of the page tables of the scenario, with mmu_lock as the kernel does. */
export function zapAll(lock: 'spin' | 'write' | null, prototype = ''): Modelled {
  return {
    prototype,
    why: 'clears the entries of the page tables, under mmu_lock; lists of pages are left out',
    run: (m, site, kvm) => {
      const at = pointer(kvm);
      const { layouts } = m.flat.translation;
      const mmuLock = at + layouts.place('struct kvm', 'mmu_lock').offset;
      if (lock !== null) LOCKS[`${lock}_lock`]!.run(m, site, mmuLock);
      for (const entry of m.flat.entries) m.st64(site, entry, m.flat.emptyEntry);
      if (lock !== null) LOCKS[`${lock}_unlock`]!.run(m, site, mmuLock);
      return undefined;
    },
  };
}

const USERSPACE_END = 0x7fff_ffff_f000n;

const unsigned = (value: number | bigint) => BigInt.asUintN(64, BigInt(value));

/** `address` is the position of the address among the arguments; the size comes after it. */
export function accessOk(prototype: string, address: number): Modelled {
  return {
    prototype,
    why: 'true below the end of userspace on x86-64',
    run: (_m, _site, ...args) =>
      Number(unsigned(args[address]!) + unsigned(args[address + 1]!) <= USERSPACE_END),
  };
}

/** The emulator always succeeds, and counts what it did. */
export const EMULATE: Modelled = {
  prototype: '',
  why: 'emulates the access, and counts it in the statistics of the vCPU',
  run: (m, site, vcpu) => {
    const { layouts } = m.flat.translation;
    const at = pointer(vcpu) + layouts.place('struct kvm_vcpu', 'stat.insn_emulation').offset;
    m.st64(site, at, m.ldu64(site, at) + 1n);
    return 1;
  },
};

/** What page tables the driver has. */
export const ONE_LEVEL = 'the page table of the driver has one level, of pages of 4 KiB';

/** Until 5.9 it says whether it mended the fault, and later how, by the codes of all handlers. */
export const NO_FAST_FAULT: Modelled = {
  prototype: '',
  why: 'does nothing: it mends write protection only, and none is set',
  run: (m) => {
    const { layouts } = m.flat.translation;
    return hasConstant(layouts, 'RET_PF_FIXED') ? Number(layouts.constant('RET_PF_INVALID')) : 0;
  },
};

/** The struct kvm_mmu_page of a page table of the driver. */
export const PAGE_HEADER: Modelled = {
  prototype: '',
  why: 'finds the header of the one page table by its address',
  run: (m, _site, page) => m.flat.headerOf(pointer(page)),
};

/** Fails where the run says so. */
export const MAY_FAIL: Modelled = {
  prototype: '',
  why: 'the architecture has nothing to prepare; fails where the scenario says so',
  run: (m, site) => {
    const { failPrepare } = config();
    if (failPrepare.length === 0) return 0;
    const calls = m.flat.counterAt('fail_prepare');
    const count = m.ldu64(site, calls) + 1n;
    m.st64(site, calls, count);
    return failPrepare.includes(Number(count)) ? -12 : 0;
  },
};

const SLOT = 'struct kvm_memory_slot';
const LOG_DIRTY_PAGES = 1;

/** mark_page_dirty_in_slot(): the slot and the gfn are its last arguments in all kernels. */
export const TOLD_DIRTY: Modelled = {
  prototype: '',
  why: 'tells which page of a logged slot a copy has written; nobody reads the bitmap',
  run: (m, site, ...args) => {
    const slot = pointer(args.at(-2));
    if (slot === 0 || !areCopiesTold()) return undefined;
    m.at_(site);
    if ((Number(fieldOf(m, slot, 'flags')) & LOG_DIRTY_PAGES) === 0) return undefined;
    const page = BigInt(args.at(-1)!) - fieldOf(m, slot, 'base_gfn');
    log_dirty_page(Number(fieldOf(m, slot, 'id')), page);
    return undefined;
  },
};

function fieldOf(m: Runtime, slot: number, path: string): bigint {
  const { offset, size } = m.flat.translation.layouts.place(SLOT, path);
  return loadUnsigned(m, slot + offset, size);
}

/** The sizes of a host as macros of the tree. */
export function sizes(host: HostConfig): Record<string, string> {
  return {
    KVM_MEM_SLOTS_NUM: String(host.userMemSlots + host.privateMemSlots),
    KVM_INTERNAL_MEM_SLOTS: String(host.privateMemSlots),
    KVM_USER_MEM_SLOTS: String(host.userMemSlots),
    KVM_PRIVATE_MEM_SLOTS: String(host.privateMemSlots),
    KVM_MAX_VCPUS: '2',
  };
}

/** In place of a function of the tree: a constant, and why that is enough. */
export function constantly(value: number, why: string): Modelled {
  return { prototype: '', why, run: () => value };
}

/** Scenarios that no driver hosts, by id. */
export const NOT_DRIVEN: Readonly<Record<string, string>> = {
  'mapping/a-page-named-by-userspace-is-found-by-a-reader': NO_LAPIC,
  'creation/a-vm-that-ends-owns-nothing': 'the end of a VM, which no driver brings about',
};
