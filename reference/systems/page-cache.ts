// SPDX-License-Identifier: GPL-2.0-only
// What does KVM itself read and write of the guest, through a gfn_to_hva_cache? The cache is that
// of a vCPU's local APIC in every era. Like the machine around it, this file is never mutated.

import { dirtyPagesOf } from '#linux/dirty-log';
import type { kernel_buffer } from '#linux/uaccess';
import type { GuestCopy, PageCache } from '#vocabulary';

/** What the machine needs to know of a gfn_to_hva_cache. */
interface Ghc {
  readonly generation: bigint;
  readonly memslot: object | null;
}

/** What the machine needs to know of a local APIC. */
interface Lapic {
  readonly vapic_cache: Ghc;
}

/** Functions of a port under their kernel names; they take what kvm_lapic makes. */
export interface PageCachePort<K> {
  readonly kvm_lapic: { readonly local: () => Lapic };
  kvm_arch_vcpu_ioctl(kvm: K, apic: Lapic, vapic_addr: bigint): number;
  kvm_gfn_to_hva_cache_init(kvm: K, ghc: Ghc, gpa: bigint, len: bigint): number;
  kvm_read_guest_cached(kvm: K, ghc: Ghc, data: kernel_buffer, len: bigint): number;
  kvm_write_guest_cached(kvm: K, ghc: Ghc, data: kernel_buffer, len: bigint): number;
  /** Since v4.11. */
  readonly offsets?: OffsetPort<K>;
}

interface OffsetPort<K> {
  kvm_read_guest_offset_cached(
    kvm: K,
    ghc: Ghc,
    data: kernel_buffer,
    offset: bigint,
    len: bigint,
  ): number;
  kvm_write_guest_offset_cached(
    kvm: K,
    ghc: Ghc,
    data: kernel_buffer,
    offset: bigint,
    len: bigint,
  ): number;
}

/** A new cache, which lies with who uses it: nobody else can see it. */
export function pageCacheOf<K>(port: PageCachePort<K>, kvm: K): PageCache {
  const apic = port.kvm_lapic.local();
  const ghc = apic.vapic_cache;
  const { offsets } = port;
  return {
    find: (gpa, len) => port.kvm_gfn_to_hva_cache_init(kvm, ghc, gpa, len),
    setVapicAddr: (gpa) => port.kvm_arch_vcpu_ioctl(kvm, apic, gpa),
    read: (len) => copied((data) => port.kvm_read_guest_cached(kvm, ghc, data, len)),
    write: (len) => copied((data) => port.kvm_write_guest_cached(kvm, ghc, data, len)),
    ...(offsets && {
      readAt: (offset: bigint, len: bigint) =>
        copied((data) => offsets.kvm_read_guest_offset_cached(kvm, ghc, data, offset, len)),
      writeAt: (offset: bigint, len: bigint) =>
        copied((data) => offsets.kvm_write_guest_offset_cached(kvm, ghc, data, offset, len)),
    }),
    kept: () => ({ generation: ghc.generation, hasSlot: ghc.memslot !== null }),
  };
}

function copied(copy: (data: kernel_buffer) => number): GuestCopy {
  const data: kernel_buffer = { ranges: [] };
  let result = 0;
  const dirty = dirtyPagesOf(() => {
    result = copy(data);
  });
  return { result, ranges: data.ranges, dirty };
}
