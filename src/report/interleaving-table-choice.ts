// SPDX-License-Identifier: GPL-2.0-only
// Which steps of an execution tell its story? Those by which threads learn of each other, what
// bounds their sections and grace periods, and whatever generations and SPTEs are made of. All
// others are folded into one line that says how many they are and where.

import type { Replayed, ReplayRow } from '#explorer/replay';
import type { Frame } from '#explorer/replay-sites';
import type { RunEvent } from '#explorer/run';

/** What a column shows, one below the other. */
export type Item =
  /** A step, by its number in the execution (from 1). */
  | { readonly kind: 'step'; readonly thread: number; readonly row: ReplayRow; readonly at: number }
  /** Steps that were left out. */
  | { readonly kind: 'fold'; readonly thread: number; readonly rows: readonly ReplayRow[] }
  /** What follows happens when all threads have ended: on what this thread left behind. */
  | { readonly kind: 'rest'; readonly thread: number }
  | { readonly kind: 'deadlock' };

/** Functions that only fetch or store for their caller, which is the one that tells why. */
const FETCHES = new Set([
  'kvm_memslots',
  'kvm_current_mmio_generation',
  'id_to_memslot',
  'search_memslots',
  '__gfn_to_memslot',
  'vcpu_match_mmio_gen',
  '__set_spte',
  '__update_clear_spte_fast',
  'mmu_spte_set',
  'mmu_spte_update',
  'mmu_spte_clear_track_bits',
  'mmu_spte_clear_no_track',
  'mmu_page_zap_pte',
  'drop_spte',
  '__get_spte_lockless',
  'mmu_spte_get_lockless',
  'walk_shadow_page_get_mmio_spte',
]);

/** The function that a step is told under; null for what hardware, userspace and the guest do. */
export function tellingFrame(row: ReplayRow): Frame | null {
  return row.frames.find((frame) => !FETCHES.has(frame.function)) ?? row.frames[0] ?? null;
}

/** Every step. */
export function everything(replayed: Replayed): Item[] {
  const items: Item[] = steps(replayed.rows, 1);
  replayed.threads.forEach((_, thread) => {
    const own = replayed.atRest.filter((row) => row.thread === thread);
    if (own.length > 0) items.push({ kind: 'rest', thread }, ...steps(own, firstOf(replayed, own)));
  });
  return replayed.end === 'deadlock' ? [...items, { kind: 'deadlock' }] : items;
}

/**
 * The steps that matter, and folds of long runs of others; numbers that are missing are steps that
 * were left out. Of the accesses at rest only those that show an event for which `breaks` holds.
 */
export function whatMatters(replayed: Replayed, breaks: (event: RunEvent) => boolean): Item[] {
  const story = new Story(replayed.rows);
  const kept = new Set(replayed.rows.filter((row, i) => story.isKept(row, i)));
  const items = folded(steps(replayed.rows, 1), kept);
  for (const access of judgedAccesses(replayed, breaks)) {
    items.push({ kind: 'rest', thread: access[0]!.thread });
    const isTold = (row: ReplayRow) =>
      row.events.length > 0 || FIELD.test(row.text) || row.frames.length === 0;
    const told = access.filter(
      (row) => isTold(row) && !POINTER.test(row.text) && !QUESTION.test(row.text),
    );
    const all = steps(access, firstOf(replayed, access));
    items.push(...all.filter((item) => told.includes(item.row)));
  }
  return replayed.end === 'deadlock' ? [...items, { kind: 'deadlock' }] : items;
}

/** The number of the first of these rows at rest. */
function firstOf({ rows, atRest }: Replayed, some: readonly ReplayRow[]): number {
  return rows.length + 1 + atRest.indexOf(some[0]!);
}

function steps(rows: readonly ReplayRow[], first: number): StepItem[] {
  return rows.map((row, i) => ({ kind: 'step', thread: row.thread, row, at: first + i }));
}

type StepItem = Item & { readonly kind: 'step' };

/** Runs of one thread's steps that are not kept become folds, or are left out. */
function folded(items: readonly StepItem[], kept: ReadonlySet<ReplayRow>): Item[] {
  const runs: StepItem[][] = [];
  for (const item of items) {
    const last = runs.at(-1)?.at(-1);
    const isLike =
      last?.thread === item.thread &&
      !kept.has(last.row) &&
      !kept.has(item.row) &&
      isLookup(last.row) === isLookup(item.row);
    if (isLike) runs.at(-1)!.push(item);
    else runs.push([item]);
  }
  return runs.flatMap((run): readonly Item[] => {
    const [{ thread, row }] = run as [StepItem];
    const isShort = run.length <= LOOKUP_MAX && (isLookup(row) || row.frames.length === 0);
    if (kept.has(row) || isShort) return run;
    if (run.length < FOLD_MIN && !isLookup(row)) return [];
    return [{ kind: 'fold', thread, rows: run.map((item) => item.row) }];
  });
}

/** Shorter runs are left out, unless they look up a slot: that is what a vCPU decides on. */
const FOLD_MIN = 10;
/** Longer runs of loads of one lookup are folded. */
const LOOKUP_MAX = 2;

function isLookup(row: ReplayRow): boolean {
  return row.step.location >= 0 && tellingFrame(row)?.function === 'gfn_to_memslot';
}

/** The accesses at rest that show an event, each from the step with which it begins. */
function judgedAccesses({ atRest }: Replayed, breaks: (event: RunEvent) => boolean): ReplayRow[][] {
  const accesses: ReplayRow[][] = [];
  atRest.forEach((row, i) => {
    if (!row.events.some(breaks)) return;
    let from = i;
    const isMachine = (at: number) => atRest[at]!.frames.length === 0;
    const isSame = (at: number) => at >= 0 && atRest[at]!.thread === row.thread;
    while (isSame(from - 1) && !isMachine(from)) from--;
    while (isSame(from - 1) && isMachine(from - 1) && i - from < ACCESS_MAX) from--;
    accesses.push(atRest.slice(from, i + 1));
  });
  return accesses;
}

/** More steps of the machine than this before an access are no part of it. */
const ACCESS_MAX = 8;

/** Fields that the story is about: how a set is published, numbered, and remembered. */
const FIELD =
  /->(memslots|(__memslots\[.\]\[.\]\.)?generation|arch\.spt\[\d+\]\.val|gfn 0x\w+)\)? (->|:=)/;

/** A load of the published pointer. */
const POINTER = /->memslots -> /;
const PUBLICATION = /->memslots := /;
/** A load that only answers a yes-or-no question of a check. */
const QUESTION = /^is_\w+\(/;

class Story {
  readonly #rows: readonly ReplayRow[];

  constructor(rows: readonly ReplayRow[]) {
    this.#rows = rows;
  }

  isKept(row: ReplayRow, i: number): boolean {
    const { step, text } = row;
    if (row.events.length > 0) return true;
    if (row.kind === 'flush') return this.#wasLate(i);
    if (step.section !== 0 || step.grace !== null) return true;
    if (step.lock !== 0) return false;
    if (step.location < 0) return row.frames.length === 0 || text.startsWith('kfree');
    if (POINTER.test(text)) return this.#isNewPointer(row, i);
    if (this.#meets(row, i)) return true;
    if (!FIELD.test(text)) return false;
    return isStore(row) ? !this.#isOverwritten(i) : this.#isTelling(row, i);
  }

  /** The pointer is another than the thread saw before, or it is not used at once. */
  #isNewPointer(row: ReplayRow, i: number): boolean {
    if (this.#publishes(row.thread)) return false;
    const isSame = (o: ReplayRow) => o.thread === row.thread && POINTER.test(o.text);
    const before = this.#rows.slice(0, i).findLast(isSame);
    return before?.text !== row.text || this.#rows[i + 1]?.thread !== row.thread;
  }

  /** The thread is one that publishes: it goes by what it alone changes. */
  #publishes(thread: number): boolean {
    return this.#rows.some((o) => o.thread === thread && PUBLICATION.test(o.text));
  }

  /** Somebody else did something while the store was on its way. */
  #wasLate(i: number): boolean {
    const { thread, step } = this.#rows[i]!;
    for (let j = i - 1; j >= 0; j--) {
      const row = this.#rows[j]!;
      if (row.thread !== thread) return true;
      if (row.isDelayed && row.step === step) return false;
    }
    return false;
  }

  /** The step changes what another thread has read before, freeing apart. */
  #meets(row: ReplayRow, i: number): boolean {
    const others = (rows: readonly ReplayRow[]) =>
      rows.filter((o) => o.thread !== row.thread && o.step.location === row.step.location);
    if (isStore(row)) return others(this.#rows.slice(0, i)).some((other) => !isStore(other));
    return others(this.#rows.slice(i + 1)).some(isStore);
  }

  /** The same thread stores again before it publishes, waits, or anybody else does anything. */
  #isOverwritten(i: number): boolean {
    const { thread, step } = this.#rows[i]!;
    for (let j = i + 1; j < this.#rows.length && this.#rows[j]!.thread === thread; j++) {
      const row = this.#rows[j]!;
      if (isStore(row) && row.step.location === step.location) return true;
      if (row.step.grace !== null || PUBLICATION.test(row.text)) return false;
    }
    return false;
  }

  /** A load that sees another thread's store, or a number that a reader goes by. */
  #isTelling(row: ReplayRow, i: number): boolean {
    if (this.#publishes(row.thread)) return false;
    if (row.text.includes('->generation')) return true;
    return this.#rows
      .slice(0, i)
      .some((o) => isStore(o) && o.step.location === row.step.location && o.thread !== row.thread);
  }
}

function isStore(row: ReplayRow): boolean {
  return row.step.stored >= 0;
}
