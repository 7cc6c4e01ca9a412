// SPDX-License-Identifier: GPL-2.0-only
// include/linux/sort.h: heap sort of an array in memory. Not stable: equal elements have no order.

import { assign } from './string.ts';
import { type Fields, located, type StructType, type View } from './struct.ts';

/**
 * Sorts `num` structs; elements are swapped in place, so pointers into the array see other
 * contents.
 */
export function sort<F extends Fields>(
  base: View<F>[],
  num: number,
  cmp: (a: View<F>, b: View<F>) => number,
): void {
  for (let root = (num >> 1) - 1; root >= 0; root--) siftDown(base, root, num, cmp);
  for (let end = num - 1; end > 0; end--) {
    swap(base[0]!, base[end]!);
    siftDown(base, 0, end, cmp);
  }
}

function siftDown<F extends Fields>(
  base: View<F>[],
  start: number,
  end: number,
  cmp: (a: View<F>, b: View<F>) => number,
): void {
  let root = start;
  for (;;) {
    let child = 2 * root + 1;
    if (child >= end) return;
    if (child + 1 < end && cmp(base[child]!, base[child + 1]!) < 0) child++;
    if (cmp(base[root]!, base[child]!) >= 0) return;
    swap(base[root]!, base[child]!);
    root = child;
  }
}

function swap<F extends Fields>(a: View<F>, b: View<F>): void {
  const saved = (located(a).struct as unknown as StructType<F>).local();
  assign(saved, a);
  assign(a, b);
  assign(b, saved);
}
