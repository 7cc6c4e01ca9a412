// SPDX-License-Identifier: GPL-2.0-only
// Which calls of a port's functions may be summarised, and what do they leave behind? A function of
// the top level changes what lies in memory, which are steps, what lies on the stacks of its
// thread, and a plain object that it is passed. One that is passed anything else that remembers
// something, such as a function, is run like the code around it.

import { type Run, runningOrNull } from '#explorer/running';
import { type Changes, called, type Frame, type Keeper, plainText } from '#explorer/summaries';
import type { Value } from '#explorer/world';
import { AT, type Lvalue, MEMORY, Place, STRUCT } from './place.ts';

type AnyFunction = (...args: readonly unknown[]) => unknown;

/** What a call changed. */
interface Redo {
  readonly writes: readonly (readonly [stack: number, offset: number, value: Value])[];
  readonly made: number;
  /** By its place among the arguments, what an object holds. */
  readonly objects: readonly (readonly [place: number, holds: Fields])[];
}

/** What lies on the stacks of one run, and what was written there, in order. */
class Stacks implements Keeper<AnyFunction> {
  readonly #run: Run;
  readonly #all: Value[][] = [];
  readonly #numbers = new Map<Value[], number>();
  readonly #writes: number[] = [];
  /** How many were made, those of calls that were not run again among them. */
  #made = 0;

  constructor(run: Run) {
    this.#run = run;
  }

  make(stack: Value[]): void {
    this.#all[this.#made] = stack;
    this.#numbers.set(stack, this.#made++);
  }

  write(stack: Value[], offset: number): void {
    this.#writes.push(this.#numbers.get(stack) ?? -1, offset);
  }

  invoke(code: AnyFunction, args: ArrayLike<unknown>): unknown {
    this.#run.isEntering = true;
    return Reflect.apply(code, undefined, args);
  }

  begin(frame: Frame): void {
    frame.from = this.#writes.length;
    frame.older = this.#made;
  }

  changes({ from, older }: Frame, args: ArrayLike<unknown>): Changes | null {
    const made = this.#made;
    const written = this.#written(from, older);
    const objects = written === null ? null : this.#textOfObjects(args);
    if (written === null || objects === null) return null;
    const { world } = this.#run;
    const texts = written.map(([stack, at, value]) => `${stack}+${at}=${world.intern(value)}`);
    const text = `${made} ${texts.sort().join()} ${objects}`;
    return { text, redo: () => ({ writes: written, made, objects: copiesOf(args) }) };
  }

  /** What lies now where something was written, on stacks older than that; null if unknown. */
  #written(from: number, older: number): Redo['writes'] | null {
    if (this.#writes.length === from) return NONE;
    const written = new Map<number, Redo['writes'][number]>();
    for (let i = from; i < this.#writes.length; i += 2) {
      const [stack, offset] = [this.#writes[i]!, this.#writes[i + 1]!];
      // Nobody knows whose it is.
      if (stack < 0) return null;
      if (stack >= older) continue;
      written.set(stack * STACK_MAX + offset, [stack, offset, this.#all[stack]![offset]]);
    }
    return [...written.values()];
  }

  /** What the objects hold that were passed; null if that has no text, or if they share one. */
  #textOfObjects(args: ArrayLike<unknown>): string | null {
    let text = '';
    const all: Fields[] = [];
    for (let place = 0; place < args.length; place++) {
      const value = args[place];
      if (!isFields(value)) continue;
      const own = addApart(all, value) ? this.#text(value) : null;
      if (own === null) return null;
      text += ` ${place}${own}`;
    }
    return text;
  }

  redo(what: unknown, args: ArrayLike<unknown>): void {
    const { writes, made, objects } = what as Redo;
    for (const [stack, offset, value] of writes) {
      this.#all[stack]![offset] = value;
      this.#writes.push(stack, offset);
    }
    this.#made = made;
    for (const [place, holds] of objects) refill(args[place] as Fields, holds);
  }

  textOf(result: unknown, args: ArrayLike<unknown>): string | null {
    if (isFields(result) && isOneOf(result, args)) return null;
    return this.#text(result);
  }

  copyOf(result: unknown): unknown {
    return copied(result);
  }

  #text(value: unknown): string | null {
    if (value instanceof Place) return this.#textOfView(value);
    if (isLvalue(value)) {
      const { memory, offset } = value;
      return 'cells' in memory ? `&${memory.cells.name}+${offset}.` : null;
    }
    if (!isFields(value)) return plainText(value);
    let text = '{';
    for (const name of Object.keys(value)) {
      const own = this.#text(value[name]);
      if (own === null) return null;
      text += `${name}:${own},`;
    }
    return `${text}}`;
  }

  /** Of an object in memory there is one view, and that has a name. */
  #textOfView(view: Place): string | null {
    const memory = view[MEMORY];
    if (!('cells' in memory) || view[STRUCT] === undefined) return null;
    const ref = this.#run.world.refTo(memory.cells, view[AT]);
    ref.view ??= view;
    return ref.view === view ? `&${memory.cells.name}+${view[AT]}` : null;
  }
}

const NONE: readonly [] = [];

/** No struct has so many scalars. */
const STACK_MAX = 1 << 20;

function stacksOf(run: Run): Stacks {
  run.keeper ??= new Stacks(run);
  return run.keeper as Stacks;
}

/** A struct is made on the stack of the thread that runs. */
export function noteStack(stack: Value[]): void {
  const run = runningOrNull();
  if (run !== null && run.past !== null) stacksOf(run).make(stack);
}

/** A scalar is written there. */
export function noteStackWrite(stack: Value[], offset: number): void {
  const run = runningOrNull();
  if (run !== null && run.past !== null) stacksOf(run).write(stack, offset);
}

/** Does the code that runs ask for summaries? Not of the call that summed() makes. */
export function summing(): boolean {
  const run = runningOrNull();
  if (run === null || run.past === null) return false;
  if (!run.isEntering) return true;
  run.isEntering = false;
  return false;
}

/** Calls a function, whose call is summarised if it can be. */
export function summed(code: AnyFunction, args: ArrayLike<unknown>): unknown {
  const run = runningOrNull()!;
  const stacks = stacksOf(run);
  for (let i = 0; i < args.length; i++) if (!isPlain(args[i])) return stacks.invoke(code, args);
  return called(run, stacks, code, args);
}

/** A plain object, such as a struct that ports keep outside of memory. */
type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) return false;
  return Object.getPrototypeOf(value) === Object.prototype && !isLvalue(value);
}

function isLvalue(value: unknown): value is Lvalue<unknown> {
  return typeof value === 'object' && value !== null && 'memory' in value && 'offset' in value;
}

/** Nothing that is reached from it remembers anything that a call could change unseen. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'function') return false;
  if (typeof value !== 'object' || value === null || value instanceof Place) return true;
  if (isLvalue(value)) return true;
  return isFields(value) && Object.values(value).every(isPlain);
}

/** Adds an object and those within to `all`; false if one of them is there already. */
function addApart(all: Fields[], object: Fields): boolean {
  if (all.includes(object)) return false;
  all.push(object);
  for (const name of Object.keys(object)) {
    const value = object[name];
    if (isFields(value) && !addApart(all, value)) return false;
  }
  return true;
}

/** Copies of the objects among what was passed. */
function copiesOf(args: ArrayLike<unknown>): Redo['objects'] {
  let copies: [number, Fields][] | null = null;
  for (let place = 0; place < args.length; place++) {
    const value = args[place];
    if (!isFields(value)) continue;
    copies ??= [];
    copies.push([place, copied(value) as Fields]);
  }
  return copies ?? NONE;
}

/** The objects are new, what they lead to in memory is the same. */
function copied(value: unknown): unknown {
  if (!isFields(value)) return value;
  const copy: Fields = {};
  for (const name of Object.keys(value)) copy[name] = copied(value[name]);
  return copy;
}

/** Gives an object what a copy of it holds. */
function refill(fields: Fields, holds: Fields): void {
  for (const name of Object.keys(holds)) {
    const [now, then] = [fields[name], holds[name]];
    if (isFields(now) && isFields(then)) refill(now, then);
    else fields[name] = copied(then);
  }
}

/** Is the object, or one in it, one of these, or in one of them? */
function isOneOf(object: Fields, args: ArrayLike<unknown>): boolean {
  const known = new Set(Array.from(args).flatMap(within));
  return within(object).some((one) => known.has(one));
}

function within(value: unknown): Fields[] {
  return isFields(value) ? [value, ...Object.values(value).flatMap(within)] : [];
}
