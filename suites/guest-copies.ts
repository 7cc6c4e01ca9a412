// SPDX-License-Identifier: GPL-2.0-only
// How is what KVM copied from or to the guest written down, so that two of it can be compared?

import type { GuestCopy } from '#vocabulary';

const EFAULT = 14;

/** Where bytes lie in userspace, as `0x1000+8`; ranges that touch are one. */
export function textOf({ result, ranges }: Omit<GuestCopy, 'dirty'>): string {
  const whole: { addr: bigint; n: bigint }[] = [];
  for (const { addr, n } of ranges) {
    const last = whole.at(-1);
    if (last !== undefined && last.addr + last.n === addr) last.n += n;
    else whole.push({ addr, n });
  }
  const places = whole.map(({ addr, n }) => placeText(addr, n));
  const answer = result === -EFAULT ? 'refused' : `answers ${result}`;
  return [...(result === 0 ? [] : [answer]), ...places].join(', ');
}

export function placeText(addr: bigint, n: bigint): string {
  return `0x${addr.toString(16)}+${n}`;
}

/** The pages that were logged as `slot+page`, in the order of their marks. */
export function dirtyText({ dirty }: Pick<GuestCopy, 'dirty'>): string {
  return dirty.map(({ slot, page }) => `${slot}+${page}`).join();
}

/** What is wrong with a copy that failed, and not before some of it was done. */
export function halfText(does: 'read' | 'write'): string {
  return `half of a range is ${does === 'read' ? 'read' : 'written'}`;
}

/** What is wrong with the log of a copy that should have marked these pages; null if nothing is. */
export function logFault(logged: GuestCopy['dirty'], expected: GuestCopy['dirty']): string | null {
  const [first, second] = expected;
  const [was, should] = [dirtyText({ dirty: logged }), dirtyText({ dirty: expected })];
  if (was === should) return null;
  if (logged.length >= expected.length) return 'a page is logged that was not written';
  const isFirstAlone = first !== undefined && was === dirtyText({ dirty: [first] });
  // Kernels are known for this one: what else is missing must not be taken for it.
  if (isFirstAlone && second?.slot === first.slot)
    return 'of two pages of a slot that were written the second is not logged';
  return 'a page that was written is not logged';
}
