// SPDX-License-Identifier: GPL-2.0-only
// What was right at each point of an updater's trail, and which invariant does a wrong answer
// break? Two rulers are applied: `stale-after-update` allows the old answer until the call returns,
// `stale-in-window` only until the new slots are published.

import type { Call, Calls } from './calls.ts';
import { type MemoryMap, type Place, pageAt } from './memory-map.ts';

/** The trail: a text of `b`, `p` and `r`, one letter for each begin, publish and return. */
export type Trail = string;

/** The invariant that a stale answer breaks after the call has returned. */
export type Staleness =
  | 'stale-after-update'
  | 'zap-before-reuse'
  | 'no-retag-without-lookup'
  | 'sync-follows-guest';

/** What the guest may find at a gfn: a host page, or null for MMIO. */
export type Answer = bigint | null;

export interface Violation {
  readonly invariant: string;
  readonly detail: string;
}

/** What is asked of the answers. */
export interface Rulers {
  /** What a hit on a stale SPTE breaks. */
  readonly staleness: Staleness;
  /** A fault on a slot that is being deleted or moved is tried again: it is not MMIO. */
  readonly retriesInvalid: boolean;
  /** A vCPU's cache is filled while an update is under way as well. */
  readonly fillsVcpuCacheInWindow: boolean;
  /** How many address spaces there are. */
  readonly spaces: number;
}

export class Truth {
  readonly calls: readonly Call[];
  readonly #first: MemoryMap;
  readonly #rulers: Rulers;

  constructor({ first, calls }: Calls, rulers: Rulers) {
    this.#first = first;
    this.calls = calls;
    this.#rulers = rulers;
  }

  /** The map after all calls. */
  final(): MemoryMap {
    return this.calls.at(-1)?.after ?? this.#first;
  }

  /** Answers that are right until the call returns. */
  settled(trail: Trail, at: Place): Answer[] {
    const call = this.calls[count(trail, 'b') - 1];
    if (call === undefined) return [pageAt(this.#first, at)];
    if (trail.endsWith('r')) return [pageAt(call.after, at)];
    return [pageAt(call.before, at), this.#whileInvalid(call, at), pageAt(call.after, at)];
  }

  /** The answer by the slots that are published. */
  published(trail: Trail, at: Place): Answer[] {
    const call = this.calls[count(trail, 'b') - 1];
    if (call === undefined) return [pageAt(this.#first, at)];
    if (trail.endsWith('r')) return [pageAt(call.after, at)];
    const publishes = count(trail.slice(trail.lastIndexOf('b')), 'p');
    if (publishes === 0) return [pageAt(call.before, at)];
    // A mutant may publish less often than the call should: then MMIO is let pass to the end.
    if (publishes < call.publishes) return [this.#whileInvalid(call, at)];
    return [pageAt(call.after, at)];
  }

  /** The answer while a slot is deleted or moved. */
  #whileInvalid(call: Call, at: Place): Answer {
    return pageAt(this.#rulers.retriesInvalid ? call.before : call.invalid, at);
  }

  /** Memory was reached that is not there. */
  wrongPage(at: Place, page: bigint, when: string): Violation {
    if (this.#wasRight(at, page))
      return { invariant: 'no-mapping-after-flush', detail: `${when}stale RAM` };
    if (this.#wasRightElsewhere(at, page))
      return { invariant: 'right-address-space', detail: `${when}RAM of the other one` };
    return { invariant: 'no-mapping-after-flush', detail: `${when}a page that was never there` };
  }

  /** RAM was taken for MMIO after the call had returned; `began` calls had begun. */
  wrongMmio(at: Place, began: number, detail: string): Violation {
    if (this.#isLeftInvalid(at, began)) return { invariant: 'failed-update-restores', detail };
    if (!this.#wasRight(at, null) && this.#wasRightElsewhere(at, null))
      return { invariant: 'right-address-space', detail };
    return { invariant: this.#blamed(detail), detail: whereabouts(detail, at) };
  }

  /** RAM was taken for MMIO after it had been published; `via` says what told so. */
  staleInWindow(at: Place, began: number, via: string): Violation {
    if (this.#isLeftInvalid(at, began)) {
      return { invariant: 'failed-update-restores', detail: via };
    }
    // A lookup is made while the access is under way, and no set since its start had it as MMIO.
    if (this.#rulers.retriesInvalid && via === 'lookup')
      return { invariant: 'no-mapping-after-flush', detail: 'an invalid slot is taken for MMIO' };
    const { staleness, fillsVcpuCacheInWindow } = this.#rulers;
    // A vCPU's cache that is valid in the window can only be filled from an SPTE that was reused.
    const isReuse =
      staleness === 'zap-before-reuse' && via === 'vCPU cache' && !fillsVcpuCacheInWindow;
    const blamed = isReuse ? staleness : this.#blamed(via);
    return blamed === 'stale-after-update'
      ? { invariant: 'stale-in-window', detail: whereabouts(via, at) }
      : { invariant: blamed, detail: `${via}, before the call returns` };
  }

  /** What a stale answer breaks, by who gave it. */
  #blamed(via: string): Staleness {
    const { staleness } = this.#rulers;
    // Only SPTEs hold numbers that come again: a vCPU's cache compares all 64 bits. But what was
    // tagged anew by a sync is copied into it.
    const isByNumber = staleness !== 'zap-before-reuse' || via.endsWith('SPTE');
    return isByNumber ? staleness : 'stale-after-update';
  }

  /** One of the calls that began failed, and gfn belongs to the slot that it had made invalid. */
  #isLeftInvalid(at: Place, began: number): boolean {
    return this.calls
      .slice(0, began)
      .some(({ mustUndo, invalid }) => mustUndo && pageAt(invalid, at) === null);
  }

  /** Was this the right answer at any time? */
  #wasRight(at: Place, answer: Answer): boolean {
    const maps = [this.#first, ...this.calls.flatMap(({ invalid, after }) => [invalid, after])];
    return maps.some((map) => pageAt(map, at) === answer);
  }

  /** The same for this gfn in the other address space. */
  #wasRightElsewhere({ gfn, space }: Place, answer: Answer): boolean {
    if (this.#rulers.spaces === 1) return false;
    return this.#wasRight({ gfn, space: space === 0 ? 1 : 0 }, answer);
  }
}

/**
 * Caches that count by the other address space are known to answer wrongly there, and only there.
 */
function whereabouts(detail: string, { space }: Place): string {
  return space === 1 ? `${detail} in SMM` : detail;
}

export function count(text: string, letter: string): number {
  return text.split(letter).length - 1;
}
