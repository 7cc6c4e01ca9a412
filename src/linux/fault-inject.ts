// SPDX-License-Identifier: GPL-2.0-only
// include/linux/fault-inject.h: a place that fails when the run says so.

import { config } from './config.ts';
import { struct, u32 } from './struct.ts';

/** Counts how often the place was reached; untouched in runs where nothing fails. */
export const fault_attr = struct('fault_attr', { count: u32 });

/** True if the run wants this call of kvm_arch_prepare_memory_region() to fail. */
export function should_fail(attr: { count: number }): boolean {
  const { failPrepare } = config();
  if (failPrepare.length === 0) return false;
  attr.count += 1;
  return failPrepare.includes(attr.count);
}
