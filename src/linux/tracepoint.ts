// SPDX-License-Identifier: GPL-2.0-only
// include/linux/tracepoint.h: where did the thread come by? A tracepoint is no step and a port never
// reads it; it only lets the system under test tell apart two paths that return the same code.

import { currentlyHeld } from '#explorer/run';

const hits = new WeakMap<object, Map<string, number>>();

/** The counts of the run that goes on. They hang on what only this run has, and die with it. */
function hitsOfRun(): Map<string, number> {
  const run = currentlyHeld();
  let counts = hits.get(run);
  if (counts === undefined) {
    counts = new Map();
    hits.set(run, counts);
  }
  return counts;
}

function hit(name: string): void {
  const counts = hitsOfRun();
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** How often the run came by the tracepoint of this name. */
export function tracepointHits(name: string): number {
  return hitsOfRun().get(name) ?? 0;
}

/** arch/x86/kvm/mmutrace.h: a fault is handled as MMIO because a valid SPTE says so. */
export function trace_handle_mmio_page_fault(_addr: bigint, _gfn: bigint, _access: number): void {
  hit('handle_mmio_page_fault');
}
