// SPDX-License-Identifier: GPL-2.0-only
// include/linux/fault-inject.h: a place that fails when the run says so.

import { struct, u32 } from './struct.ts';

/** Counts how often the place was reached; untouched in runs where nothing fails. */
export const fault_attr = struct('fault_attr', { count: u32 });

/**
 * True if the run wants this time to fail: `failing` are the times that do, counted from 1 for each
 * `attr`.
 */
export function should_fail(attr: { count: number }, failing: readonly number[]): boolean {
  if (failing.length === 0) return false;
  attr.count += 1;
  return failing.includes(attr.count);
}
