// SPDX-License-Identifier: GPL-2.0-only
// Which bits does an SPTE have? Written from the formats of the processor (Intel's manual, volume
// 3: EPT entries and paging-structure entries that map 4 KiB; AMD's, volume 2: nested paging) and
// from what arch/x86/kvm adds: the software bits of mmu.c, the masks that vmx.c and x86.c hand to
// kvm_mmu_set_mask_ptes(). v3.16 to v3.19 are alike here; v5.11 has accessed and dirty bits under
// EPT as well, and other bits of its own in MMIO SPTEs.

import type { HostConfig, MappedPage, RulesName } from '#vocabulary';

const EXECUTE = 1;
const WRITE = 2;
const USER = 4;

const PRESENT_OR_READ = 1n << 0n;
const WRITABLE = 1n << 1n;
/** Bit 2 is about execution under EPT and about user mode elsewhere. */
const EPT_EXECUTABLE = 1n << 2n;
const USER_MODE = 1n << 2n;
const ACCESSED = 1n << 5n;
const DIRTY = 1n << 6n;
const EPT_ACCESSED = 1n << 8n;
const EPT_DIRTY = 1n << 9n;
const NOT_EXECUTABLE = 1n << 63n;
/** The first bits that the processor ignores: the host may write the page, and so may the MMU. */
const HOST_WRITABLE = 1n << 10n;
const MMU_WRITABLE = 1n << 11n;
const ADDRESS_SHIFT = 12n;

export const ALL_ACCESS = EXECUTE | WRITE | USER;

/** Bits 12..51, where the page is. */
export const ADDRESS_BITS = ((1n << 40n) - 1n) << ADDRESS_SHIFT;

const OLD: readonly RulesName[] = ['v3.16', 'v3.17', 'v3.19'];

/** Is an SPTE present if and only if bit 0 is set? Later, if it is not zero and not MMIO. */
export function isPresentByBit0(era: RulesName): boolean {
  return OLD.includes(era);
}

/**
 * The SPTE of a page of RAM. Under EPT some things are as the ports have them and not as a kernel
 * does: no memory type (bits 3..6) is stored; up to v3.19 the processor has no accessed bit; in
 * v5.11 it cannot execute what it cannot read.
 */
export function ramEntry(
  era: RulesName,
  { mmio }: Pick<HostConfig, 'mmio'>,
  page: MappedPage,
): bigint {
  if (era === 'v5.15' || era === 'v6.12') return entryWithMmuPresent(era, mmio, page);
  const { pfn, access, isSpeculative, isHostWritable } = page;
  const can = (right: number) => (access & right) !== 0;
  let spte = PRESENT_OR_READ | (pfn << ADDRESS_SHIFT);
  if (isHostWritable) spte |= HOST_WRITABLE;
  if (isHostWritable && can(WRITE)) spte |= WRITABLE | MMU_WRITABLE;
  if (!OLD.includes(era)) spte |= usedBits(mmio, !isSpeculative, isHostWritable && can(WRITE));
  if (mmio === 'ept') return can(EXECUTE) ? spte | EPT_EXECUTABLE : spte;
  if (!isSpeculative) spte |= ACCESSED;
  if (can(USER)) spte |= USER_MODE;
  return can(EXECUTE) ? spte : spte | NOT_EXECUTABLE;
}

/**
 * From v5.12 on bit 11 says that there is memory, and under EPT the rights of the host lie high; a
 * processor that can execute what it cannot read takes its right to read from that of the user.
 * From v6.10 on every entry has bit 63 there.
 */
function entryWithMmuPresent(era: RulesName, mmio: HostConfig['mmio'], page: MappedPage): bigint {
  const { pfn, access, isSpeculative, isHostWritable } = page;
  const can = (right: number) => (access & right) !== 0;
  const isWritable = isHostWritable && can(WRITE);
  const [host, mmu] = mmio === 'ept' ? [1n << 57n, 1n << 58n] : [1n << 9n, 1n << 10n];
  let spte = (1n << 11n) | (pfn << ADDRESS_SHIFT) | usedBits(mmio, !isSpeculative, isWritable);
  if (isHostWritable) spte |= host;
  if (isWritable) spte |= WRITABLE | mmu;
  if (mmio === 'ept') {
    if (can(USER)) spte |= PRESENT_OR_READ;
    if (era === 'v6.12') spte |= 1n << 63n;
    return can(EXECUTE) ? spte | EPT_EXECUTABLE : spte;
  }
  if (can(USER)) spte |= USER_MODE;
  return spte | PRESENT_OR_READ | (can(EXECUTE) ? 0n : NOT_EXECUTABLE);
}

/**
 * An SPTE that is made over one with bit 1 that is not dropped first, of the same page or of MMIO:
 * v6.12 takes the page for written already, and does not set the dirty bit.
 */
export function remadeEntry(
  era: RulesName,
  host: Pick<HostConfig, 'mmio'>,
  page: MappedPage,
): bigint {
  const spte = ramEntry(era, host, page);
  const dirty = host.mmio === 'ept' ? EPT_DIRTY : DIRTY;
  return era === 'v6.12' ? spte & ~dirty : spte;
}

/** Accessed, and dirty where a write would set it: KVM sets what the processor would. */
function usedBits(mmio: HostConfig['mmio'], isAccessed: boolean, isWritable: boolean): bigint {
  const [accessed, dirty] = mmio === 'ept' ? [EPT_ACCESSED, EPT_DIRTY] : [ACCESSED, DIRTY];
  return (isAccessed ? accessed : 0n) | (isWritable ? dirty : 0n);
}

/**
 * What tells an MMIO SPTE from all others. EPT: write and execute without read is a
 * misconfiguration. Elsewhere: a present entry with a reserved address bit faults; where no address
 * bit is reserved it must not be present. Bits 62 and 63 are KVM's own up to v3.19, bit 62 in
 * v4.19, later 52 and 53; of the reserved bits only the highest is used later. From v5.14 on there
 * are no bits of its own for it.
 */
export function mmioMask(
  era: RulesName,
  { mmio, maxphyaddr }: Pick<HostConfig, 'mmio' | 'maxphyaddr'>,
): bigint {
  const isOld = OLD.includes(era);
  if (era === 'v5.15' || era === 'v6.12') {
    if (mmio === 'ept') return WRITABLE | EPT_EXECUTABLE;
    return maxphyaddr === 52 ? 0n : (1n << 51n) | PRESENT_OR_READ;
  }
  const own = isOld ? 3n << 62n : era === 'v4.19' ? 1n << 62n : 3n << 52n;
  if (mmio === 'ept') return own | WRITABLE | EPT_EXECUTABLE;
  let mask = own;
  for (let bit = isOld ? maxphyaddr : Math.max(maxphyaddr, 51); bit <= 51; bit++)
    mask |= 1n << BigInt(bit);
  return maxphyaddr === 52 ? mask : mask | PRESENT_OR_READ;
}

/** What an MMIO SPTE that was made with all rights gives back of them. */
export function rightsInMmioSpte({ mmio }: Pick<HostConfig, 'mmio'>): number {
  // Under EPT the mark covers the bits of write and user; nowhere is execute stored.
  return mmio === 'ept' ? 0 : WRITE | USER;
}
