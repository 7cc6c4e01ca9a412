// SPDX-License-Identifier: GPL-2.0-only
// What may an operation of a guest, or of userspace beside it, do to the shadow of the guest's page
// table? What it must not is told as a fault.

import type { MmioSpteFunctions } from '#vocabulary';
import type { EraRules } from './era-rules.ts';
import type { Letter } from './guest-letters.ts';

export interface Fault {
  readonly invariant: string;
  readonly what: string;
}

/** What an entry of the shadow says; `old` and `valid` are MMIO. */
export type EntryKind = 'none' | 'ram' | 'old' | 'valid';

/** The shadow of the table between two operations. */
export interface Shadow {
  readonly sptes: readonly bigint[];
  readonly kinds: readonly EntryKind[];
  /** There is a page that shadows the table. */
  readonly isThere: boolean;
  /** The page knows that the guest may have written the table. */
  readonly isUnsync: boolean;
}

/** PT_WRITABLE_MASK, and the frame of an entry of RAM. */
const RIGHTS_AND_FRAME = 2n | (((1n << 40n) - 1n) << 12n);

/** What an entry says under the generation of now. */
export function kindOfEntry(
  mmio: MmioSpteFunctions,
  { emptySpte }: EraRules,
  spte: bigint,
): EntryKind {
  if (spte === emptySpte) return 'none';
  if (!mmio.isMmio(spte)) return 'ram';
  return mmio.generationOf(spte) === mmio.currentGeneration() ? 'valid' : 'old';
}

interface Change {
  readonly before: Shadow;
  readonly after: Shadow;
  /** The guest's entry of A is what it was at the last flush. */
  readonly isSame: boolean;
}

/** What the operation did to the shadow against the rules, in words. */
export function shadowFaults(letter: Letter, change: Change, rules: EraRules): Fault[] {
  if (letter === 'D') return zapFaults(change.after);
  if (letter === 'c') return [...keptFaults(change), ...emptyFaults(change, rules)];
  if (letter === 'p') return invlpgFaults(change);
  return [];
}

/** All of a slot's pages go with it, and so do the tables: each in all of its parts. */
function zapFaults({ kinds, isThere, isUnsync }: Shadow): Fault[] {
  const left = [
    isThere && 'linked',
    kinds.some((kind) => kind !== 'none') && 'full',
    isUnsync && 'unsync',
  ].filter((word) => word !== false);
  return left.map((word) => ({
    invariant: 'no-mapping-after-flush',
    what: `a zapped page table is still ${word}`,
  }));
}

/** A sync leaves what the guest did not change as it was, but for the accessed bit. */
function keptFaults({ before, after, isSame }: Change): Fault[] {
  if (!isSame) return [];
  const isKept =
    (before.kinds[0] !== 'valid' && before.kinds[0] !== 'ram') ||
    after.kinds[0] === before.kinds[0];
  if (!isKept)
    return [{ invariant: 'cache-effective-at-rest', what: 'a sync drops a valid entry' }];
  const changed = (before.sptes[0]! ^ after.sptes[0]!) & RIGHTS_AND_FRAME;
  if (before.kinds[0] !== 'ram' || changed === 0n) return [];
  return [{ invariant: 'cache-effective-at-rest', what: 'a sync changes a valid entry' }];
}

/** Whose last entry a sync drops, that page goes too, where the kernel is of those that do so. */
function emptyFaults({ before, after }: Change, { zapsEmptyPages }: EraRules): Fault[] {
  const isEmpty = after.kinds.every((kind) => kind === 'none');
  if (!zapsEmptyPages || !before.isThere || !before.isUnsync || !isEmpty || !after.isThere)
    return [];
  return [{ invariant: 'sync-follows-guest', what: 'a page table without entries is kept' }];
}

/** What is in step with the guest needs no flush. */
function invlpgFaults({ before, after }: Change): Fault[] {
  const isKept = after.sptes.every((spte, i) => spte === before.sptes[i]);
  if (!before.isThere || before.isUnsync || isKept) return [];
  return [{ invariant: 'cache-effective-at-rest', what: 'INVLPG drops an entry in step' }];
}
