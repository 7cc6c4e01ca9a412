// SPDX-License-Identifier: GPL-2.0-only
// Which bits does an SPTE have? Written from the formats of the processor (Intel's manual, volume
// 3: EPT entries and paging-structure entries that map 4 KiB; AMD's, volume 2: nested paging) and
// from what arch/x86/kvm of v3.16 and v3.17 adds: the software bits of mmu.c, the masks that vmx.c
// and x86.c hand to kvm_mmu_set_mask_ptes(). Both eras are alike here.

import type { HostConfig, MappedPage } from '#vocabulary';

const EXECUTE = 1;
const WRITE = 2;
const USER = 4;

const PRESENT_OR_READ = 1n << 0n;
const WRITABLE = 1n << 1n;
/** Bit 2 is about execution under EPT and about user mode elsewhere. */
const EPT_EXECUTABLE = 1n << 2n;
const USER_MODE = 1n << 2n;
const ACCESSED = 1n << 5n;
const NOT_EXECUTABLE = 1n << 63n;
/** The first bits that the processor ignores: the host may write the page, and so may the MMU. */
const HOST_WRITABLE = 1n << 10n;
const MMU_WRITABLE = 1n << 11n;
const ADDRESS_SHIFT = 12n;

export const ALL_ACCESS = EXECUTE | WRITE | USER;

/** Bits 12..51, where the page is. */
export const ADDRESS_BITS = ((1n << 40n) - 1n) << ADDRESS_SHIFT;

/**
 * The SPTE of a page of RAM. Under EPT two things are as the ports have them and not as a kernel
 * does: the processor has no accessed bit, and no memory type (bits 3..6) is stored.
 */
export function ramEntry({ mmio }: Pick<HostConfig, 'mmio'>, page: MappedPage): bigint {
  const { pfn, access, isSpeculative, isHostWritable } = page;
  const can = (right: number) => (access & right) !== 0;
  let spte = PRESENT_OR_READ | (pfn << ADDRESS_SHIFT);
  if (isHostWritable) spte |= HOST_WRITABLE;
  if (isHostWritable && can(WRITE)) spte |= WRITABLE | MMU_WRITABLE;
  if (mmio === 'ept') return can(EXECUTE) ? spte | EPT_EXECUTABLE : spte;
  if (!isSpeculative) spte |= ACCESSED;
  if (can(USER)) spte |= USER_MODE;
  return can(EXECUTE) ? spte : spte | NOT_EXECUTABLE;
}

/**
 * What tells an MMIO SPTE from all others. EPT: write and execute without read is a
 * misconfiguration. Elsewhere: a present entry with a reserved address bit faults; where no address
 * bit is reserved it must not be present. Bits 62 and 63 are KVM's own.
 */
export function mmioMask({ mmio, maxphyaddr }: Pick<HostConfig, 'mmio' | 'maxphyaddr'>): bigint {
  const own = 3n << 62n;
  if (mmio === 'ept') return own | WRITABLE | EPT_EXECUTABLE;
  let mask = own;
  for (let bit = maxphyaddr; bit <= 51; bit++) mask |= 1n << BigInt(bit);
  return maxphyaddr === 52 ? mask : mask | PRESENT_OR_READ;
}

/** What an MMIO SPTE that was made with all rights gives back of them. */
export function rightsInMmioSpte({ mmio }: Pick<HostConfig, 'mmio'>): number {
  // Under EPT the mark covers the bits of write and user; nowhere is execute stored.
  return mmio === 'ept' ? 0 : WRITE | USER;
}
