// SPDX-License-Identifier: GPL-2.0-only
// Which pages has the kernel marked as written? The bits of a slot's dirty bitmap are set as if by
// set_bit_le(). No port reads one, so that setting one is no step: like a tracepoint, it only tells
// the system under test what was done.

import { currentMarks, leaveMark } from '#explorer/run';

const PREFIX = 'dirty page ';

/** A page of a slot, counted from the first of the slot. */
export interface DirtyPage {
  readonly slot: number;
  readonly page: bigint;
}

/** set_bit_le(rel_gfn, memslot->dirty_bitmap) for the slot of an id. */
export function log_dirty_page(slot: number, rel_gfn: bigint): void {
  leaveMark(`${PREFIX}${slot} ${rel_gfn}`);
}

/** Which pages of which slots were marked while `code` ran, in this order. */
export function dirtyPagesOf(code: () => void): DirtyPage[] {
  const marks = currentMarks();
  const isDirty = (name: string) => name.startsWith(PREFIX);
  for (const name of [...marks.keys()].filter(isDirty)) marks.delete(name);
  code();
  return [...marks.keys()].filter(isDirty).map((name) => {
    const [slot, page] = name.slice(PREFIX.length).split(' ');
    return { slot: Number(slot), page: BigInt(page!) };
  });
}
