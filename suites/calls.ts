// SPDX-License-Identifier: GPL-2.0-only
// What should each call of a scenario do? The plain model runs through all of them, those that run
// out of memory included, and says what is right before, while and after each one is under way.

import type { HostConfig } from '#vocabulary';
import { type Change, type Failure, type MemoryMap, setMemoryRegion } from './memory-map.ts';
import type { Update } from './scenario.ts';

/** A call that may be under way, by the plain model. */
export interface Call {
  readonly before: MemoryMap;
  readonly after: MemoryMap;
  readonly change: Change;
  /**
   * While a slot is deleted or moved it is invalid, and its gfns answer like MMIO; else `before`.
   */
  readonly invalid: MemoryMap;
  /** How often a call of this kind publishes. */
  readonly publishes: number;
  readonly result: number;
  /** It failed after the slot had become invalid, which must be undone. */
  readonly mustUndo: boolean;
}

export interface Calls {
  /** The map when the threads begin. */
  readonly first: MemoryMap;
  readonly calls: readonly Call[];
}

/**
 * Calls that were made before the threads began must succeed. Of the others, the one of round r
 * fails early if the host has no memory for `memslots r+1`; and the n-th call that reaches
 * kvm_arch_prepare_memory_region() fails there if the host says so.
 */
export function callsOf(
  before: readonly Update[],
  updates: readonly Update[],
  host: HostConfig,
  spaces = 1,
): Calls {
  let prepared = 0;
  const next = (map: MemoryMap, { region }: Update, copy: string | null) => {
    const plain = setMemoryRegion(map, region, host.userMemSlots, null, spaces);
    if (plain.change === 'none') return plain;
    const copyFails = copy !== null && host.failAllocations.includes(copy);
    const copiesFirst = plain.invalid !== null;
    let failure: Failure | null = copyFails ? 'early' : null;
    if (!(copyFails && copiesFirst)) {
      prepared++;
      if (host.failPrepare.includes(prepared)) failure = 'late';
    }
    return setMemoryRegion(map, region, host.userMemSlots, failure, spaces);
  };
  let map: MemoryMap = new Map();
  for (const update of before) {
    const step = next(map, update, null);
    if (step.result !== 0) throw new Error(`${update.text}: fails before the threads begin`);
    map = step.map;
  }
  const first = map;
  const calls = updates.map((update, round): Call => {
    const step = next(map, update, `memslots ${round + 1}`);
    const { result, change, invalid } = step;
    const isOneStep = result === 0 && change !== 'none';
    const call = {
      before: map,
      after: step.map,
      change,
      invalid: invalid ?? map,
      publishes: invalid !== null ? 2 : isOneStep ? 1 : 0,
      result,
      mustUndo: result !== 0 && invalid !== null,
    };
    map = step.map;
    return call;
  });
  return { first, calls };
}
