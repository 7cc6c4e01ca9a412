// SPDX-License-Identifier: GPL-2.0-only
// include/linux/uaccess.h and the host's memory behind userspace addresses. The host maps every
// page that userspace may name and never takes one away: swapping, copy on write and mmu notifiers
// are not modelled. What fails is a copy to or from the first page, where no process has memory.

import { config } from './config.ts';
import { PAGE_SHIFT, TASK_SIZE_32, TASK_SIZE_MAX } from './page.ts';
import { ulong } from './types.ts';

/**
 * True if [addr, addr + size) lies in userspace. Both are u64, and their sum may pass 2^64; a host
 * whose longs are shorter looks at their lower bits.
 */
export function access_ok(addr: bigint, size: bigint): boolean {
  const end = config().longBits === 32 ? TASK_SIZE_32 : TASK_SIZE_MAX;
  const length = ulong(size);
  return length <= end && ulong(addr) <= end - length;
}

/**
 * The page frame behind a userspace address: the frame of the same number, folded into the host's
 * physical memory, since a frame number with reserved address bits does not exist.
 */
export function user_pfn(addr: bigint): bigint {
  return BigInt.asUintN(config().maxphyaddr - Number(PAGE_SHIFT), addr >> PAGE_SHIFT);
}

/** `n` bytes of userspace from `addr` on; both are u64. */
export interface user_range {
  readonly addr: bigint;
  readonly n: bigint;
}

/**
 * Bytes of the kernel's own that are copied from or to userspace. The model knows where the bytes
 * of userspace lie, one range for each copy, and not what they are.
 */
export interface kernel_buffer {
  readonly ranges: user_range[];
}

/** Where the memory of a process may begin, as the host has it (mmap_min_addr). */
const MAPPED_FROM = 0x1000n;

/** Returns how many bytes could not be copied: 0, or all of them. */
export function __copy_from_user(to: kernel_buffer, from: bigint, n: bigint): bigint {
  if (from < MAPPED_FROM) return n;
  if (n !== 0n) to.ranges.push({ addr: from, n });
  return 0n;
}

/** Returns how many bytes could not be copied: 0, or all of them. */
export function __copy_to_user(to: bigint, from: kernel_buffer, n: bigint): bigint {
  if (to < MAPPED_FROM) return n;
  if (n !== 0n) from.ranges.push({ addr: to, n });
  return 0n;
}
