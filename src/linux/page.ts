// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/include/asm/page_types.h of a 64-bit host: the size of a page, and where the kernel's
// own addresses begin. All of them are u64.

export const PAGE_SHIFT = 12n;
export const PAGE_SIZE = 0x1000n;
/** Keeps the number of the page of an address and clears the offset in it. */
export const PAGE_MASK = 0xffff_ffff_ffff_f000n;
/** First address of the kernel's direct map; no userspace address is as high. */
export const PAGE_OFFSET = 0xffff_8800_0000_0000n;
/** First address that userspace cannot use. */
export const TASK_SIZE_MAX = 0x7fff_ffff_f000n;
/** The same where addresses have 32 bits. */
export const TASK_SIZE_32 = 0xc000_0000n;

/** The lowest 12 bits of an address: how far it is from the start of its page. */
export function offset_in_page(p: bigint): bigint {
  return p & (PAGE_SIZE - 1n);
}
