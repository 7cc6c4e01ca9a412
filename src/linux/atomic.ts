// SPDX-License-Identifier: GPL-2.0-only
// include/linux/atomic.h: an int that any thread may read and write at any time. On x86 both are
// plain accesses that no lock and no barrier orders, so both are steps like those of any field.

import { apart, int, type Of, struct, unseen } from './struct.ts';

/** It has a memory cell of its own, and a copy of the struct around it does not look at it. */
export const atomic_t = struct('atomic_t', { counter: unseen(apart(int)) });
export type atomic_t = Of<typeof atomic_t>;

export function atomic_read(v: atomic_t): number {
  return v.counter;
}

/** Stores an int of 32 bits. Not a release: with store buffers it may become visible late. */
export function atomic_set(v: atomic_t, i: number): void {
  v.counter = i;
}
