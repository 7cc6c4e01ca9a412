// SPDX-License-Identifier: GPL-2.0-only
// What is left of a call that has ended? What it returned, what it changed of what was there before
// it, and the locks that its thread holds. All that it observed on the way to that makes no
// difference any more. So the past of a thread is kept as a list in which an ended call is one item
// (procedure summaries: Sharir and Pnueli, 1981): two histories with equal lists go on alike, and a
// thread whose code is run once more need not run the call again.
//
// Whoever runs code says which of its functions are such calls: those that change nothing but what
// a keeper knows of.

import type { Node } from './node.ts';
import type { Run } from './running.ts';
import type { ValueId } from './step.ts';
import type { Value } from './world.ts';

/** What a call changed that its caller can still see, as text and to be done again. */
export interface Changes {
  readonly text: string;
  /** Copies them: called at once, or never if they are known. */
  readonly redo: () => unknown;
}

/** Who runs code and knows the memory of its thread that no step touches. */
export interface Keeper<C> {
  /** Makes a call. */
  readonly invoke: (code: C, args: ArrayLike<unknown>) => unknown;
  /** Called where a call begins; may leave notes there. */
  readonly begin: (frame: Frame) => void;
  /** What was changed since then of what was there then; null if that cannot be told. */
  readonly changes: (frame: Frame, args: ArrayLike<unknown>) => Changes | null;
  /** Makes the changes that were told of another run. */
  readonly redo: (redo: unknown, args: ArrayLike<unknown>) => void;
  /** What a call returned, as text; null for what has an identity. */
  readonly textOf: (result: unknown, args: ArrayLike<unknown>) => string | null;
  /** The same as that, for another run. */
  readonly copyOf: (result: unknown) => unknown;
}

/** What an ended call has left. */
interface Left {
  readonly result: unknown;
  readonly redo: unknown;
  readonly held: ReadonlyMap<string, number>;
  readonly marks: ReadonlyMap<string, number> | null;
  readonly named: ReadonlyMap<string, number> | null;
  readonly allocations: number;
}

/** A list of what a thread has done since its round began; equal lists are one object. */
export class Past {
  readonly parent: Past | null;
  /** How many items. */
  readonly size: number;
  /** Of a call: how many other calls were made since the item before; -1 for an observation. */
  readonly skip: number;
  /** Of an observation. */
  readonly value: Value;
  /** Of an ended call. */
  readonly left: Left | null;
  /** Where a thread with this past is, if its automaton knows. */
  known: Node | null = null;
  #observed: Map<ValueId, Past> | null = null;
  #entered: Past[] | null = null;
  #returned: Map<string, Past> | null = null;

  constructor(parent: Past | null = null, skip = -1, value: Value = undefined, left?: Left) {
    this.parent = parent;
    this.size = parent === null ? 0 : parent.size + 1;
    this.skip = skip;
    this.value = value;
    this.left = left ?? null;
  }

  observed(id: ValueId, value: Value): Past {
    this.#observed ??= new Map();
    let past = this.#observed.get(id);
    if (past === undefined) {
      past = new Past(this, -1, value);
      this.#observed.set(id, past);
    }
    return past;
  }

  entered(skip: number): Past {
    this.#entered ??= [];
    const past = this.#entered[skip] ?? new Past(this, skip);
    this.#entered[skip] = past;
    return past;
  }

  returned(skip: number, key: string, leave: () => Left): Past {
    this.#returned ??= new Map();
    const full = `${skip} ${key}`;
    let past = this.#returned.get(full);
    if (past === undefined) {
      past = new Past(this, skip, undefined, leave());
      this.#returned.set(full, past);
    }
    return past;
  }

  /** All items, the first first. */
  items(): Past[] {
    const items = new Array<Past>(this.size);
    for (let at: Past = this; at.parent !== null; at = at.parent) items[at.size - 1] = at;
    return items;
  }
}

/** A call under way. It is no item before the thread takes a step in it. */
export interface Frame {
  readonly outer: Frame | null;
  readonly skip: number;
  past: Past | null;
  /** Notes of the keeper. */
  from: number;
  older: number;
}

/** No call has so many before it. */
const NEVER = -1_000_000_000;

/** Makes a call that is an item of the past of its thread, which has one. */
export function called<C>(run: Run, keeper: Keeper<C>, code: C, args: ArrayLike<unknown>): unknown {
  const skip = run.calls;
  let past: Past | null = null;
  if (run.at < run.length) {
    past = run.items![run.at]!;
    if (past.skip !== skip) return withoutStep(run, keeper, code, args);
    run.at++;
    run.past = past;
    if (past.left !== null) return redone(run, keeper, past.left, args);
  }
  run.calls = 0;
  const frame: Frame = { outer: run.frame, skip, past, from: 0, older: 0 };
  run.frame = frame;
  keeper.begin(frame);
  const result = keeper.invoke(code, args);
  run.frame = frame.outer;
  // It is repeated, and goes on: then it was no summary the first time.
  if (run.at < run.length) return result;
  if (frame.past === null) run.calls = skip + 1;
  else summarise(run, keeper, frame, result, args);
  return result;
}

/** A call that takes no step is no item, and none of those inside of it is. */
function withoutStep<C>(run: Run, keeper: Keeper<C>, code: C, args: ArrayLike<unknown>): unknown {
  const { calls } = run;
  run.calls = NEVER;
  const result = keeper.invoke(code, args);
  run.calls = calls + 1;
  return result;
}

/** The thread takes a step: calls under way become items. */
export function noteStep(run: Run, observed: ValueId, value: Value): void {
  if (run.frame !== null) enter(run, run.frame);
  run.past = run.past!.observed(observed, value);
  run.calls = 0;
}

/** The past of a thread that is about to take a step. */
export function pastOf(run: Run): Past | null {
  if (run.past !== null && run.frame !== null) enter(run, run.frame);
  return run.past;
}

function enter(run: Run, frame: Frame): void {
  if (frame.past !== null) return;
  if (frame.outer !== null) enter(run, frame.outer);
  frame.past = run.past!.entered(frame.skip);
  run.past = frame.past;
}

function summarise<C>(
  run: Run,
  keeper: Keeper<C>,
  frame: Frame,
  result: unknown,
  args: ArrayLike<unknown>,
): void {
  const text = keeper.textOf(result, args);
  const changes = text === null ? null : keeper.changes(frame, args);
  if (changes === null) return;
  const entered = frame.past!;
  const { held, marks, named, allocations } = run;
  const maps = `${textOfMap(held)} ${textOfMap(marks)} ${textOfMap(named)}`;
  const key = `${text} ${changes.text} ${maps} ${allocations}`;
  run.past = entered.parent!.returned(entered.skip, key, () => ({
    result: keeper.copyOf(result),
    redo: changes.redo(),
    held: new Map(held),
    marks: marks === null ? null : new Map(marks),
    named: named === null ? null : new Map(named),
    allocations,
  }));
  run.calls = 0;
}

function redone<C>(run: Run, keeper: Keeper<C>, left: Left, args: ArrayLike<unknown>): unknown {
  run.calls = 0;
  keeper.redo(left.redo, args);
  refill(run.held, left.held);
  // Hosts hold on to the maps while they call.
  if (left.marks !== null) {
    run.marks ??= new Map();
    refill(run.marks, left.marks);
  }
  if (left.named !== null) {
    run.named ??= new Map();
    refill(run.named, left.named);
  }
  run.allocations = left.allocations;
  return keeper.copyOf(left.result);
}

function refill<K, V>(map: Map<K, V>, like: ReadonlyMap<K, V>): void {
  map.clear();
  for (const [key, value] of like) map.set(key, value);
}

/** A value as text; null for objects and functions. */
export function plainText(value: unknown): string | null {
  switch (typeof value) {
    case 'bigint':
      return `${value}n`;
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'string':
      return JSON.stringify(value);
    default:
      return value === null ? 'null' : null;
  }
}

function textOfMap(map: ReadonlyMap<string, number> | null): string {
  if (map === null || map.size === 0) return '';
  // Not sorted: that some equal ones differ by their order costs no more than nodes.
  let text = '';
  for (const [key, value] of map) text += `${key} ${value};`;
  return text;
}
