// SPDX-License-Identifier: GPL-2.0-only
// Does the translation of a tree agree with gcc? The tree's functions of integers, cut out of it
// with all that they need, are compiled and called with many inputs. It runs the tree's C natively:
// only when it is asked for.

import { type Compared, type Fidelity, fidelity } from './fidelity.ts';
import { GCC_PRIMITIVES } from './gcc-shim.ts';
import { type Random, random } from './random-c.ts';
import type { Chunk } from './text/chunks.ts';
import { textOf } from './text/tokens.ts';
import type { Unit } from './text/unit.ts';
import type { Translated } from './translate.ts';
import type { TranslatedFunction } from './translation.ts';

export interface SelfCheck extends Fidelity {
  /** The functions that were compared, by name. */
  readonly compared: readonly string[];
}

/** How many calls each function gets. */
export const SELF_CHECK_CALLS = 20_000;

/**
 * Compares all functions of integers. Throws a UserError if gcc does not compile what is cut out.
 */
export function selfCheck(translation: Translated, calls = SELF_CHECK_CALLS): SelfCheck {
  const functions = comparable(translation);
  const next = random(1);
  const compared = functions.map(({ name, parameters }): Compared => {
    const globals = globalsOf(translation, name);
    const width = globals.length + parameters.length;
    const inputs = Array.from({ length: calls }, () =>
      Array.from({ length: width }, () => value(next)),
    );
    return { name, globals, inputs };
  });
  const text = sliceOf(translation.program.unit, translation, functions);
  const names = functions.map(({ name }) => name);
  return { ...fidelity(translation, text, compared), compared: names };
}

/** A small number, one near a power of two, or any. */
function value(next: Random): bigint {
  const kind = next(10);
  if (kind < 3) return BigInt(next(64)) - BigInt(8);
  const any = (BigInt(next(2 ** 31)) << BigInt(33)) | (BigInt(next(2 ** 31)) << BigInt(2));
  if (kind < 8) return any | BigInt(next(4));
  return (BigInt(1) << BigInt(next(64))) + BigInt(next(3)) - BigInt(1);
}

/** Functions that take and return integers and touch nothing but scalar variables of the files. */
function comparable({ functions }: Translated): TranslatedFunction[] {
  const byName = new Map(functions.map((made) => [made.name, made]));
  const isOwn = ({ result, parameters, text, edges }: TranslatedFunction) =>
    edges.length === 0 &&
    result !== 'void' &&
    result !== 'pointer' &&
    parameters.length > 0 &&
    parameters.every(({ word }) => word !== 'pointer') &&
    !/m\.(i\[|at\(|enter\(|st|copy|zero|xchg|cmpxchg|fence|bug|tick)/.test(text) &&
    // Addresses of variables are numbers in the text; any other address is one of memory.
    !/m\.ld\w+\(\d+,(?!\d+\))/.test(text);
  const known = new Map<string, boolean>();
  const isPure = (name: string): boolean => {
    const answer = known.get(name);
    if (answer !== undefined) return answer;
    known.set(name, false);
    const made = byName.get(name);
    const all = made !== undefined && isOwn(made) && made.calls.every(isPure);
    known.set(name, all);
    return all;
  };
  return functions.filter(({ name }) => isPure(name));
}

/** The scalar variables that a function reads, itself or by what it calls. */
function globalsOf(translation: Translated, name: string): Compared['globals'] {
  const seen = new Set<string>();
  const read = new Set<number>();
  const visit = (of: string) => {
    if (seen.has(of)) return;
    seen.add(of);
    const { text, calls } = translation.functionNamed.get(of)!;
    for (const [, address] of text.matchAll(/m\.ld\w+\(\d+,(\d+)\)/g)) read.add(Number(address));
    calls.forEach(visit);
  };
  visit(name);
  return [...translation.globals.values()]
    .filter(({ address, size }) => read.has(address) && [1, 2, 4, 8].includes(size))
    .filter(({ type }) => type !== 'bool')
    .map(({ name: global, size }) => ({ name: global, bytes: size as 1 | 2 | 4 | 8 }));
}

/** The declarations that functions need, in the order of the files. */
function sliceOf(
  unit: Unit,
  { program, functionNamed }: Translated,
  functions: readonly TranslatedFunction[],
): string {
  const needed = new Set<Chunk>();
  const waiting = functions.map(({ name }) => program.functionChunk(name, '')!);
  const more = (chunk: Chunk | undefined) => {
    if (chunk !== undefined && !needed.has(chunk)) waiting.push(chunk);
  };
  for (let chunk = waiting.pop(); chunk !== undefined; chunk = waiting.pop()) {
    if (needed.has(chunk)) continue;
    needed.add(chunk);
    // A local or member may be called like a function: only what is called is needed.
    const calls = functionNamed.get(chunk.name ?? '')?.calls ?? [];
    const words = chunk.tokens.filter(({ kind }) => kind === 'name').map(({ text }) => text);
    for (const [i, word] of words.entries()) {
      for (const kind of ['struct', 'union', 'enum'])
        if (words[i - 1] === kind) more(unit.tags.get(`${kind} ${word}`)?.[0]);
      more(unit.typedefs.get(word)?.[0]);
      more(unit.enumerators.get(word)?.[0]);
      if (calls.includes(word)) more(program.functionChunk(word, chunk.file));
      more(unit.names.get(word)?.find(({ tokens }) => tokens[0]!.text !== 'extern'));
    }
  }
  const ordered = unit.chunks.filter((chunk) => needed.has(chunk));
  const types = ordered.filter(({ kind }) => kind !== 'function');
  const code = ordered.filter(({ kind }) => kind === 'function');
  // Functions may stand before those that they call.
  const heads = code.map(({ tokens }) => {
    const body = tokens.findIndex(({ text }, i) => text === '{' && tokens[i - 1]?.text === ')');
    return `${textOf(tokens.slice(0, body), 0).replaceAll('\n', '')};`;
  });
  const lines = (chunks: readonly Chunk[]) =>
    chunks.map(({ tokens, line }) => textOf(tokens, line));
  return [GCC_PRIMITIVES, ...lines(types), ...heads, ...lines(code), ''].join('\n');
}
