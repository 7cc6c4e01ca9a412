// SPDX-License-Identifier: GPL-2.0-only
// How does KVM of a tree read and write the guest? Through a gfn_to_hva_cache, which lies with who
// uses it, by the functions of the tree; what copies the bytes tells where they lie.

import { dirtyPagesOf } from '#linux/dirty-log';
import type { GuestCopy, PageCache } from '#vocabulary';
import { copiedBy } from '../intrinsics/copies.ts';
import type { Address } from '../machine.ts';
import type { Machine } from './binding.ts';
import type { Kernel } from './kernel.ts';
import { NotHosted } from './not-hosted.ts';

const GHC = 'struct gfn_to_hva_cache';
/** More than any scenario copies. */
const BYTES = 0x2000;

/** A profile names them; a tree that lacks one hosts no scenario about them. */
export const PAGE_CACHE_ENTRIES = [
  'kvm_gfn_to_hva_cache_init?',
  'kvm_read_guest_cached?',
  'kvm_write_guest_cached?',
  'kvm_read_guest_offset_cached?',
  'kvm_write_guest_offset_cached?',
];

/** What a tree must have. */
const NEEDED = PAGE_CACHE_ENTRIES.slice(0, 3).map((name) => name.replace('?', ''));

export const NO_PAGE_CACHE =
  'copies through a gfn_to_hva_cache, for which the tree has no functions';

/** Are the functions there that pageCacheOf() calls? */
export function hasPageCache(functions: { readonly has: (name: string) => boolean }): boolean {
  return NEEDED.every((name) => functions.has(name));
}

/** A new cache, which nobody else can see. Throws NotHosted where the tree has no functions. */
export function pageCacheOf({ kernel, kvm }: Machine): PageCache {
  if (!hasPageCache(kernel.translation.functionNamed)) throw new NotHosted(NO_PAGE_CACHE);
  const ghc = kernel.m.own.make(kernel.layouts.sizeof(GHC));
  const data = kernel.m.own.make(BYTES);
  const copy = (name: string, ...args: readonly bigint[]) =>
    copied(() => Number(kernel.call(name, kvm, ghc, data, ...args)));
  return {
    find: (gpa, len) => Number(kernel.call('kvm_gfn_to_hva_cache_init', kvm, ghc, gpa, len)),
    setVapicAddr: () => {
      throw new NotHosted(NO_LAPIC);
    },
    read: (len) => copy('kvm_read_guest_cached', len),
    write: (len) => copy('kvm_write_guest_cached', len),
    ...atOffsets(kernel, copy),
    kept: () => keptOf(kernel, ghc),
  };
}

/** The call of userspace that finds a page is handled by a file that no profile reads. */
export const NO_LAPIC = 'KVM_SET_VAPIC_ADDR, which is handled in a file that no profile reads';

type Copy = (name: string, ...args: readonly bigint[]) => GuestCopy;

/** Those of the two that the tree has. */
function atOffsets(kernel: Kernel, copy: Copy): Pick<PageCache, 'readAt' | 'writeAt'> {
  const [read, write] = ['kvm_read_guest_offset_cached', 'kvm_write_guest_offset_cached'] as const;
  return {
    ...(kernel.has(read) && { readAt: (offset: bigint, len: bigint) => copy(read, offset, len) }),
    ...(kernel.has(write) && {
      writeAt: (offset: bigint, len: bigint) => copy(write, offset, len),
    }),
  };
}

function keptOf(kernel: Kernel, ghc: Address): ReturnType<PageCache['kept']> {
  const generation = kernel.read(ghc, GHC, 'generation');
  return { generation, hasSlot: kernel.read(ghc, GHC, 'memslot') !== 0n };
}

function copied(call: () => number): GuestCopy {
  let result = 0;
  let ranges: GuestCopy['ranges'] = [];
  const dirty = dirtyPagesOf(() => {
    ranges = copiedBy(() => {
      result = call();
    });
  });
  return { result, ranges, dirty };
}
