// SPDX-License-Identifier: GPL-2.0-only
// include/linux/tracepoint.h: where did the thread come by? A tracepoint is no step and a port
// never reads it; it only lets the system under test tell apart two paths that return the same
// code.

import { currentMarks, leaveMark } from '#explorer/run';

/** How often the run came by the tracepoint of this name. */
export function tracepointHits(name: string): number {
  return currentMarks().get(name) ?? 0;
}

/** arch/x86/kvm/mmutrace.h: a fault is handled as MMIO because a valid SPTE says so. */
export function trace_handle_mmio_page_fault(_addr: bigint, _gfn: bigint, _access: number): void {
  leaveMark('handle_mmio_page_fault');
}
