// SPDX-License-Identifier: GPL-2.0-only
// Which bytes of userspace does the kernel copy, and which pages does it mark as written? As in
// src/linux/uaccess.ts and dirty-log.ts: nobody looks at the bytes or reads the bitmap, so that
// telling of them is no step.

import { currentMarks, leaveMark } from '#explorer/run';
import { log_dirty_page } from '#linux/dirty-log';
import type { Scalar } from '../machine.ts';
import type { Runtime } from '../memory/runtime.ts';
import type { Modelled } from '../profiles/profile.ts';
import { type Intrinsics, pointer, type Run } from './intrinsic.ts';

const COPY = 'copy ';
/** While it is there, pages that are marked are told. */
const TOLD = 'copies are told';

/** Where the memory of a process may begin, as the host has it (mmap_min_addr). */
const MAPPED_FROM = 0x1000;

/** Bytes of userspace, as GuestCopy has them. */
export interface CopiedRange {
  readonly addr: bigint;
  readonly n: bigint;
}

/** Which bytes of userspace were copied while `code` ran, in this order. */
export function copiedBy(code: () => void): CopiedRange[] {
  const marks = currentMarks();
  const isCopy = (name: string) => name.startsWith(COPY);
  for (const name of [...marks.keys()].filter(isCopy)) marks.delete(name);
  leaveMark(TOLD);
  code();
  marks.delete(TOLD);
  return [...marks.keys()].filter(isCopy).map((name) => {
    const [, addr, n] = name.slice(COPY.length).split(' ');
    return { addr: BigInt(addr!), n: BigInt(n!) };
  });
}

/** Returns how many bytes could not be copied: 0, or all of them. */
function copied(user: number, bytes: Scalar): bigint {
  const n = BigInt(bytes);
  if (user < MAPPED_FROM) return n;
  const marks = currentMarks();
  // The same bytes may be copied twice.
  if (n !== 0n) leaveMark(`${COPY}${marks.size} ${user} ${n}`);
  return 0n;
}

const fromUser: Run = (m, site, _to, from, n) => {
  m.at_(site);
  return copied(pointer(from), n!);
};

const toUser: Run = (m, site, to, _from, n) => {
  m.at_(site);
  return copied(pointer(to), n!);
};

const prototype = (name: string) =>
  `unsigned long ${name}(void *to, const void *from, unsigned long n)`;

export const COPIES: Intrinsics = {
  __copy_from_user: { prototype: prototype('__copy_from_user'), run: fromUser },
  copy_from_user: { prototype: prototype('copy_from_user'), run: fromUser },
  __copy_to_user: { prototype: prototype('__copy_to_user'), run: toUser },
  copy_to_user: { prototype: prototype('copy_to_user'), run: toUser },
};

const SLOT = 'struct kvm_memory_slot';
const LOG_DIRTY_PAGES = 1;

/** mark_page_dirty_in_slot(): the slot and the gfn are its last arguments in all kernels. */
export const TOLD_DIRTY: Modelled = {
  prototype: '',
  why: 'tells which page of a logged slot a copy has written; nobody reads the bitmap',
  run: (m, site, ...args) => {
    const slot = pointer(args.at(-2));
    if (slot === 0 || !currentMarks().has(TOLD)) return undefined;
    m.at_(site);
    if ((Number(field(m, slot, 'flags')) & LOG_DIRTY_PAGES) === 0) return undefined;
    const page = BigInt(args.at(-1)!) - field(m, slot, 'base_gfn');
    log_dirty_page(Number(field(m, slot, 'id')), page);
    return undefined;
  },
};

function field(m: Runtime, slot: number, path: string): bigint {
  const { offset, size } = m.flat.translation.layouts.place(SLOT, path);
  const at = slot + offset;
  if (size === 8) return m.ldu64(-1, at);
  return BigInt(size === 4 ? m.ldu32(-1, at) : m.ldu16(-1, at));
}
