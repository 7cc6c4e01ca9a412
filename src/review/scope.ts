// SPDX-License-Identifier: GPL-2.0-only
// Is there anything in a patch that this tool knows anything about? Memslots and MMIO caches of
// KVM; all else is said to be out of scope, which is neither good nor bad.

import type { Patch } from '../patch/values.ts';
import type { Ported } from './ported.ts';
import type { Side } from './sides.ts';

const CODE = anyOf(
  /virt\/kvm\//,
  /arch\/[^/]+\/(kvm|include\/(uapi\/)?asm\/kvm)/,
  /include\/((uapi\/)?linux|trace\/events)\/kvm/,
);
const TESTS = /^(tools\/testing\/selftests\/kvm|arch\/[^/]+\/kvm\/.*test)/;

/** Words that the area is about, in code that no port has. */
const WORDS =
  /memslot|memory_slot|slots_(arch_)?lock|->generation\b|kvm->srcu|synchronize_srcu|mmio_spte/i;
const MMIO = /mmio_(gen|info|value|mask|caching|cache)|gfn_to_(hva|pfn|page|memslot)|SPTE_MMIO/i;

/** The document that says how MMIO SPTEs are made, under the names that it has had. */
export const MMU_DOCUMENT = /^Documentation\/(virtual\/kvm\/mmu\.txt|virt\/kvm\/(x86\/)?mmu\.rst)$/;

export function isKvmCode(path: string): boolean {
  return CODE.test(path) && !TESTS.test(path);
}

export function isSelftest(path: string): boolean {
  return TESTS.test(path);
}

export function pathsOf({ files }: Pick<Patch, 'files'>): string[] {
  return [...new Set(files.flatMap(({ oldPath, newPath }) => newPath ?? oldPath ?? []))];
}

/** Does a function of KVM that a patch changes belong to the area? */
export function isInArea(side: Side, ported: ReadonlySet<string>): boolean {
  const { owner, removed, added } = side;
  if (owner !== null && ported.has(owner.name)) return true;
  return [removed, added].some((code) => WORDS.test(code) || MMIO.test(code));
}

export function namesOfPorts(ported: readonly Ported[]): ReadonlySet<string> {
  return new Set(ported.map(({ name }) => name));
}

/** Paths that begin with one of these. */
function anyOf(...patterns: readonly RegExp[]): RegExp {
  return new RegExp(`^(${patterns.map(({ source }) => source).join('|')})`);
}
