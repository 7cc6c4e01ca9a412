// SPDX-License-Identifier: GPL-2.0-only
// How does emitted text become functions? It passes the second check, and is evaluated where there
// are no globals at all and no code can be made from strings.

import vm from 'node:vm';
import { helpers } from './helpers.ts';
import type { EmittedFunction } from './machine.ts';
import { verify } from './verify.ts';

let bare: vm.Context | null = null;

/** A context whose global object has nothing on it. */
function context(): vm.Context {
  if (bare !== null) return bare;
  const codeGeneration = { strings: false, wasm: false };
  bare = vm.createContext(Object.create(null), { codeGeneration });
  vm.runInContext(
    '(function (all, names) { for (const name of names(all)) delete all[name]; })' +
      '(this, Object.getOwnPropertyNames);',
    bare,
  );
  return bare;
}

type Maker = (
  h: typeof helpers,
  U: typeof BigInt.asUintN,
  S: typeof BigInt.asIntN,
  I: typeof Math.imul,
  B: typeof BigInt,
  N: typeof Number,
) => EmittedFunction;

/** Compiles the text of one function. Throws if the text is not what an emitter may emit. */
export function compiled(text: string): EmittedFunction {
  verify(text);
  const whole = `'use strict';(function(h,U,S,I,B,N){return ${text};})`;
  const maker = vm.runInContext(whole, context(), { filename: 'translated-c' }) as Maker;
  return maker(helpers, BigInt.asUintN, BigInt.asIntN, Math.imul, BigInt, Number);
}
