// SPDX-License-Identifier: GPL-2.0-only
// Which calls of a port's functions may be summarised, and what do they leave behind? A function of
// the top level changes what lies in memory, which are steps, what lies on the stacks of its thread,
// and a plain object that it is passed. One that is passed anything else that remembers something,
// such as a function, is run like the code around it.

import { type Run, runningOrNull } from '#explorer/running';
import { type Changes, called, type Keeper, plainText } from '#explorer/summaries';
import type { Value } from '#explorer/world';
import { AT, MEMORY, Place, STRUCT } from './place.ts';

type AnyFunction = (...args: readonly unknown[]) => unknown;

/** What lies on the stacks of one run, and what was written there, in order. */
class Stacks {
  readonly all: Value[][] = [];
  readonly numbers = new Map<Value[], number>();
  readonly writes: number[] = [];
  /** How many were made, those of calls that were not run again among them. */
  made = 0;
}

const STACKS = new WeakMap<Run, Stacks>();

function stacksOf(run: Run): Stacks {
  let stacks = STACKS.get(run);
  if (stacks === undefined) {
    stacks = new Stacks();
    STACKS.set(run, stacks);
  }
  return stacks;
}

/** A struct is made on the stack of the thread that runs. */
export function noteStack(stack: Value[]): void {
  const run = runningOrNull();
  if (run === null || run.past === null) return;
  const stacks = stacksOf(run);
  stacks.all[stacks.made] = stack;
  stacks.numbers.set(stack, stacks.made++);
}

/** A scalar is written there. */
export function noteStackWrite(stack: Value[], offset: number): void {
  const run = runningOrNull();
  if (run === null || run.past === null) return;
  const stacks = stacksOf(run);
  stacks.writes.push(stacks.numbers.get(stack) ?? -1, offset);
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
  const values = Array.from(args);
  const enter = () => {
    run.isEntering = true;
    return code(...values);
  };
  if (!values.every(isPlain)) return enter();
  return called(run, new CallKeeper(run, values), enter);
}

interface Mark {
  readonly writes: number;
  readonly made: number;
}

interface Redo {
  readonly writes: readonly (readonly [stack: number, offset: number, value: Value])[];
  readonly made: number;
  /** By its place among the arguments, what an object holds. */
  readonly objects: readonly (readonly [place: number, fields: object])[];
}

class CallKeeper implements Keeper<Mark> {
  readonly #run: Run;
  readonly #args: readonly unknown[];

  constructor(run: Run, args: readonly unknown[]) {
    this.#run = run;
    this.#args = args;
  }

  begin(): Mark {
    const { writes, made } = stacksOf(this.#run);
    return { writes: writes.length, made };
  }

  changes({ writes: from, made: older }: Mark): Changes | null {
    const { all, made, writes } = stacksOf(this.#run);
    const written = new Map<string, Redo['writes'][number]>();
    for (let i = from; i < writes.length; i += 2) {
      const [stack, offset] = [writes[i]!, writes[i + 1]!];
      // Nobody knows whose it is.
      if (stack < 0) return null;
      if (stack < older) written.set(`${stack}+${offset}`, [stack, offset, all[stack]![offset]]);
    }
    const objects = this.#objects();
    if (objects === null) return null;
    const { world } = this.#run;
    const texts = [...written].map(([at, [, , value]]) => `${at}=${world.intern(value)}`).sort();
    const text = `${made} ${texts.join()} ${objects.text}`;
    return { text, redo: { writes: [...written.values()], made, objects: objects.all } };
  }

  /** What the objects hold that were passed; null if that has no text. */
  #objects(): { readonly text: string; readonly all: Redo['objects'] } | null {
    const all: [number, object][] = [];
    let text = '';
    for (const [place, value] of this.#args.entries()) {
      if (!isRecord(value)) continue;
      all.push([place, { ...value }]);
      for (const [name, field] of Object.entries(value)) {
        const own = this.textOf(field);
        if (own === null) return null;
        text += ` ${place}.${name}=${own}`;
      }
    }
    return { text, all };
  }

  redo(what: unknown): void {
    const { writes, made, objects } = what as Redo;
    const stacks = stacksOf(this.#run);
    for (const [stack, offset, value] of writes) {
      stacks.all[stack]![offset] = value;
      stacks.writes.push(stack, offset);
    }
    stacks.made = made;
    for (const [place, fields] of objects) Object.assign(this.#args[place] as object, fields);
  }

  /** Of an object in memory there is one view, and that has a name. */
  textOf(value: unknown): string | null {
    if (!(value instanceof Place)) return plainText(value);
    const memory = value[MEMORY];
    if (!('cells' in memory) || value[STRUCT] === undefined) return null;
    const ref = this.#run.world.refTo(memory.cells, value[AT]);
    ref.view ??= value;
    return ref.view === value ? `&${memory.cells.name}+${value[AT]}` : null;
  }
}

/** Nothing that is reached from it remembers anything that a call could change unseen. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'function') return false;
  if (typeof value !== 'object' || value === null || value instanceof Place) return true;
  if ('memory' in value && 'offset' in value) return true;
  return isRecord(value) && Object.values(value).every(isAtom);
}

function isAtom(value: unknown): boolean {
  if (value instanceof Place) return 'cells' in value[MEMORY];
  return value === null || (typeof value !== 'object' && typeof value !== 'function');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  return !('memory' in value && 'offset' in value);
}
