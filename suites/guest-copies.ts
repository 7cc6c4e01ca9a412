// SPDX-License-Identifier: GPL-2.0-only
// How is what KVM copied from or to the guest written down, so that two of it can be compared?

import type { GuestCopy } from '#vocabulary';

/** Where bytes lie in userspace, as `0x1000+8`; ranges that touch are one. */
export function textOf({ result, ranges }: Omit<GuestCopy, 'dirty'>): string {
  const whole: { addr: bigint; n: bigint }[] = [];
  for (const { addr, n } of ranges) {
    const last = whole.at(-1);
    if (last !== undefined && last.addr + last.n === addr) last.n += n;
    else whole.push({ addr, n });
  }
  const places = whole.map(({ addr, n }) => placeText(addr, n));
  return [...(result === 0 ? [] : ['refused']), ...places].join(', ');
}

export function placeText(addr: bigint, n: bigint): string {
  return `0x${addr.toString(16)}+${n}`;
}

/** The pages that were logged as `slot+page`, in the order of their marks. */
export function dirtyText({ dirty }: Pick<GuestCopy, 'dirty'>): string {
  return dirty.map(({ slot, page }) => `${slot}+${page}`).join();
}
