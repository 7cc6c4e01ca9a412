// SPDX-License-Identifier: GPL-2.0-only
// Which cells does a lock protect? Those that are only ever written with it held. While a thread
// holds that lock, such a cell keeps the value that the thread last saw or stored, so a second look
// at it has one possible answer. The closure assumes the rule, checks it on everything it then
// reaches, and starts again without the rules that were broken: what holds at the end holds by
// induction over the length of an execution.

import type { CellId, Step, ValueId } from './step.ts';

/** What a thread knows at a node: locks it holds, and protected cells that cannot have changed. */
export interface Knowledge {
  readonly locks: readonly CellId[];
  readonly facts: ReadonlyMap<CellId, Fact>;
  /** What is known after a step, by its number and what it returned; filled when first asked. */
  readonly next: Map<string, Knowledge>;
}

/**
 * Of a cell it is known that `project` of its value is `value`; null stands for the value itself.
 */
export interface Fact {
  readonly project: ((value: ValueId) => ValueId) | null;
  readonly value: ValueId;
}

/** Nothing, at the start of a round; one for each set of rules that are assumed. */
export function nothingKnown(): Knowledge {
  return { locks: [], facts: new Map(), next: new Map() };
}

/** Per cell the locks that were held at every store seen so far; absent: no store was seen. */
export type Protection = Map<CellId, ReadonlySet<CellId>>;

/** The locks held after a step. */
export function locksAfter(
  locks: readonly CellId[],
  step: Step,
  resolve: (cell: CellId) => CellId,
): readonly CellId[] {
  if (step.lock === 0) return locks;
  const cell = resolve(step.effects[0]!.cell);
  const others = locks.filter((held) => held !== cell);
  return step.lock > 0 ? [...others, cell] : others;
}

/** Notes that a cell is stored to with these locks held. */
export function noteStore(protection: Protection, cell: CellId, locks: readonly CellId[]): void {
  const known = protection.get(cell);
  if (known !== undefined && isWithin(known, locks)) return;
  const held = known === undefined ? locks : locks.filter((lock) => known.has(lock));
  protection.set(cell, new Set(held));
}

function isWithin(known: ReadonlySet<CellId>, locks: readonly CellId[]): boolean {
  for (const lock of known) if (!locks.includes(lock)) return false;
  return true;
}

/** True if a cell that is read with these locks held cannot be changed by others meanwhile. */
export function isProtected(
  protection: Protection,
  cell: CellId,
  locks: readonly CellId[],
): boolean {
  if (locks.length === 0) return false;
  const by = protection.get(cell);
  return by === undefined || locks.some((lock) => by.has(lock));
}

/** What is known after a step that returned `observed`. Always asked with the same protection. */
export function knowledgeAfter(
  before: Knowledge,
  step: Step,
  observed: ValueId,
  protection: Protection,
  resolve: (cell: CellId) => CellId,
): Knowledge {
  if (before.locks.length === 0 && step.lock === 0) return before;
  const key = `${step.id} ${observed}`;
  let known = before.next.get(key);
  if (known === undefined) {
    known = learn(before, step, observed, protection, resolve);
    before.next.set(key, known);
  }
  return known;
}

/** What is known whichever of two ways a thread came; the first itself if that is all of it. */
export function knownInBoth(a: Knowledge, b: Knowledge): Knowledge {
  if (a === b) return a;
  const locks = a.locks.filter((lock) => b.locks.includes(lock));
  const facts = [...a.facts].filter(([cell, fact]) => {
    const other = b.facts.get(cell);
    return other !== undefined && other.project === fact.project && other.value === fact.value;
  });
  if (locks.length === a.locks.length && facts.length === a.facts.size) return a;
  return { locks, facts: new Map(locks.length === 0 ? [] : facts), next: new Map() };
}

function learn(
  before: Knowledge,
  step: Step,
  observed: ValueId,
  protection: Protection,
  resolve: (cell: CellId) => CellId,
): Knowledge {
  const locks = locksAfter(before.locks, step, resolve);
  if (locks.length === 0) return nothingKnown();
  const facts = new Map(step.lock < 0 ? [] : before.facts);
  if (step.observe >= 0) {
    const cell = resolve(step.observe);
    // The value itself says more than an answer about it.
    if (facts.get(cell)?.project !== null)
      facts.set(cell, { project: step.project, value: observed });
  }
  for (const effect of step.effects) {
    const cell = resolve(effect.cell);
    if (effect.blind) facts.set(cell, { project: null, value: effect.apply(0, 0) });
    else facts.delete(cell);
  }
  for (const cell of facts.keys()) if (!isProtected(protection, cell, locks)) facts.delete(cell);
  return { locks, facts, next: new Map() };
}
