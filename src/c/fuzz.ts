// SPDX-License-Identifier: GPL-2.0-only
// What does hostile C do to the front end? Fixtures are damaged token by token, by seed. Whatever
// comes out must be a refusal or functions that pass the second check and end: nothing else.

import { argument } from './arguments.ts';
import { type Fixture, fixtures } from './fixture.ts';
import { CFault, PlainMachine } from './plain-machine.ts';
import { type Random, random } from './random-c.ts';
import type { CParser } from './text/ast.ts';
import { tokensOf } from './text/tokens.ts';
import { readUnit } from './text/unit.ts';
import { type Translated, translate } from './translate.ts';
import { Refusal, Refusals } from './translation.ts';

export interface FuzzCounts {
  readonly refused: number;
  readonly translated: number;
  /** Calls of what was translated: those that returned, and those that a fault ended. */
  readonly returned: number;
  readonly faulted: number;
  /** Seeds that did something else, and what. */
  readonly broken: readonly { readonly seed: number; readonly what: string }[];
}

/** What is put into C that was not there. */
const PIECES = [
  '`$' + '{process.exit(1)}`',
  "');process.exit(1);('",
  '"\\u0022);process.exit(1);//"',
  '*/ process.exit(1) /*',
  '__proto__',
  'constructor',
  'eval',
  'globalThis',
  'this',
  'm',
  'h',
  'f0',
  '@leave;',
  '\u2028',
  '\u0000',
  '/*',
  '*/',
  '//',
  '"',
  "'",
  '\\\n',
  '#define x x x\nx\n',
  '#define a(b) b(a) b\na(a)\n',
  '#if 1\n',
  '#else\n',
  '#endif\n',
  '#include "/etc/passwd"\n',
  '0x',
  '1e999',
  '999999999999999999999999999999',
  '-9223372036854775808',
  '((((((((((((((((((((',
  '{{{{{{{{{{{{{{{{{{{{{{',
  '!!!!!!!!!!!!!!!!!!!!!!',
  '* * * * * *',
  'typedef int u64;',
  'struct x { struct x y; } z;',
  'int q[q];',
  'while (1) ;',
  'for (;;) {',
  'goto out;',
  'out:',
  'return',
  'sizeof',
  'typeof(',
  '({',
  '})',
  'asm("")',
  'union { u64 a : 60; }',
  '__packed',
  'enum { A = A };',
  'case 1:',
  '/ 0',
  '<< 70',
  '[-1]',
  '->',
  '...',
  '??/',
];

/** The C of a seed, and the functions to be asked for. */
export function hostileC(
  seed: number,
  all: readonly Fixture[],
): { text: string; entries: string[] } {
  const next = random(seed);
  const one = <T>(of: readonly T[]): T => of[next(of.length)]!;
  const fixture = one(all);
  const entries = [...fixture.text.matchAll(/^[a-z].*?\b(\w+)\(.*\)\s*\{?$/gm)].map(
    ([, name]) => name!,
  );
  const other = one(all).text;
  const text =
    next(4) === 0 ? bytesDamaged(fixture.text, next) : tokensDamaged(fixture.text, other, next);
  const named = fixture.values.map(({ call }) => call.name);
  return { text, entries: [...new Set([...named, ...entries])].slice(0, 4) };
}

function tokensDamaged(text: string, other: string, next: Random): string {
  const tokens = tokensOf('f.c', text).map(({ text: token, line, isFirst }) =>
    isFirst && line > 1 ? `\n${token}` : token,
  );
  const foreign = tokensOf('o.c', other).map(({ text: token }) => token);
  for (let edits = 1 + next(4); edits > 0; edits--) {
    const at = next(tokens.length);
    const kind = next(6);
    if (kind === 0) tokens.splice(at, 1 + next(3));
    else if (kind === 1) tokens.splice(at, 0, PIECES[next(PIECES.length)]!);
    else if (kind === 2) tokens[at] = foreign[next(foreign.length)]!;
    else if (kind === 3) tokens.splice(at, 0, ...tokens.slice(at, at + 1 + next(20)));
    else if (kind === 4) tokens[at] = tokens[next(tokens.length)]!;
    else tokens.splice(at, 0, ...foreign.slice(next(foreign.length)).slice(0, 12));
    if (tokens.length === 0) tokens.push(';');
  }
  return tokens.join(' ');
}

function bytesDamaged(text: string, next: Random): string {
  let damaged = text;
  for (let edits = 1 + next(3); edits > 0; edits--) {
    const at = next(damaged.length + 1);
    const put = next(3) === 0 ? String.fromCharCode(next(256)) : PIECES[next(PIECES.length)]!;
    damaged = damaged.slice(0, at) + put + damaged.slice(at + next(3));
  }
  return next(8) === 0 ? damaged.slice(0, next(damaged.length + 1)) : damaged;
}

/** Tries the seeds from one to below another. */
export function fuzz(parser: CParser, from: number, to: number): FuzzCounts {
  const all = fixtures();
  const counts = { refused: 0, translated: 0, returned: 0, faulted: 0 };
  const broken: { seed: number; what: string }[] = [];
  for (let seed = from; seed < to; seed++) {
    try {
      const translation = attempted(parser, seed, all);
      if (translation === null) {
        counts.refused++;
        continue;
      }
      counts.translated++;
      const { returned, faulted } = run(translation);
      counts.returned += returned;
      counts.faulted += faulted;
    } catch (error) {
      broken.push({ seed, what: error instanceof Error ? `${error.stack}` : `${error}` });
    }
  }
  return { ...counts, broken };
}

/** The translation of a seed's C; null if it is refused. */
function attempted(parser: CParser, seed: number, all: readonly Fixture[]): Translated | null {
  const { text, entries } = hostileC(seed, all);
  const options = { config: { CONFIG_FIXTURE: '1' }, overrides: {}, prelude: '' };
  try {
    const unit = readUnit(parser, [{ path: 'hostile.c', text }], options);
    return translate(unit, { entries, edges: {}, constants: [] });
  } catch (error) {
    if (error instanceof Refusal || error instanceof Refusals) return null;
    throw error;
  }
}

/** Calls every function; each must return or end with a fault. */
function run(translation: Translated) {
  let returned = 0;
  let faulted = 0;
  for (const { name, parameters } of translation.functions) {
    const machine = new PlainMachine(translation, {}, 2000);
    try {
      machine.call(name, ...parameters.map(({ word }) => argument(BigInt(3), word)));
      returned++;
    } catch (error) {
      if (!(error instanceof CFault)) throw error;
      faulted++;
    }
  }
  return { returned, faulted };
}
