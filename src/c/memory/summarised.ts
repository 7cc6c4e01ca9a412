// SPDX-License-Identifier: GPL-2.0-only
// Which calls of translated C are summarised when they end (src/explorer/summaries.ts)? All that
// go from one function of a tree to another, but for functions that only return something. What
// they leave behind is a number, and what they wrote to memory of their thread alone.

import type { Run } from '#explorer/running';
import { called, type Keeper, plainText } from '#explorer/summaries';
import type { EmittedFunction, Machine, Scalar } from '../machine.ts';
import type { OwnMemory } from './own.ts';

/** What such a call needs of its machine. */
export interface Summarising extends Machine {
  readonly run: Run;
  readonly keeper: Keeper<EmittedFunction>;
}

/** A function that only returns something is no more than its caller's code. */
const SHORT = /^function f\d+\([^)]*\)\{return [^;{}]*;\}$/;

const KNOWN = new WeakMap<readonly EmittedFunction[], readonly EmittedFunction[]>();

/** The same functions for a machine whose run keeps summaries. */
export function summarised(functions: readonly EmittedFunction[]): readonly EmittedFunction[] {
  let known = KNOWN.get(functions);
  if (known === undefined) {
    known = functions.map((code): EmittedFunction => {
      if (SHORT.test(String(code))) return code;
      return (machine, ...args) => {
        const { run, keeper } = machine as Summarising;
        return called(run, keeper, code, args) as Scalar | undefined;
      };
    });
    KNOWN.set(functions, known);
  }
  return known;
}

/** Makes calls on a machine, and knows what they do to the memory of its thread. */
export class OwnKeeper implements Keeper<EmittedFunction> {
  readonly #machine: Machine;
  readonly #own: OwnMemory;

  constructor(machine: Machine, own: OwnMemory) {
    this.#machine = machine;
    this.#own = own;
  }

  invoke(code: EmittedFunction, args: ArrayLike<unknown>): Scalar | undefined {
    return code(this.#machine, ...(args as Scalar[]));
  }

  begin(frame: Parameters<OwnMemory['begin']>[0]): void {
    this.#own.begin(frame);
  }

  changes(frame: Parameters<OwnMemory['changes']>[0]) {
    return this.#own.changes(frame);
  }

  redo(what: unknown): void {
    this.#own.redo(what);
  }

  textOf(result: unknown): string | null {
    return plainText(result);
  }

  copyOf(result: unknown): unknown {
    return result;
  }
}
