// SPDX-License-Identifier: GPL-2.0-only
// What does a fixture say must come out of it? Comments at the head of each file of `fixtures/`:
//
//   value: name(1, -2) = 3        what a call returns
//   fault: name(1): text          what a call is ended by
//   accesses: name() = load64     which shared accesses a call makes, in order
//   refused: 7: text              at which line the function of the file's name is refused, why
//   gcc: no                       not compiled by gcc

import { readdirSync, readFileSync } from 'node:fs';
import { argument } from './arguments.ts';
import { PlainMachine } from './plain-machine.ts';
import type { CParser } from './text/ast.ts';
import { readUnit } from './text/unit.ts';
import { type Translated, translate } from './translate.ts';
import { Refusal, Refusals } from './translation.ts';

const FOLDER = new URL('./fixtures/', import.meta.url);

export interface Call {
  readonly name: string;
  readonly args: readonly bigint[];
  /** As written. */
  readonly text: string;
}

export interface Fixture {
  readonly name: string;
  readonly text: string;
  readonly values: readonly { readonly call: Call; readonly result: bigint }[];
  readonly endings: readonly { readonly call: Call; readonly message: string }[];
  readonly accesses: readonly { readonly call: Call; readonly expected: string }[];
  readonly refused: { readonly line: number; readonly reason: string } | null;
  readonly isForGcc: boolean;
}

/** All fixtures, by name. */
export function fixtures(): Fixture[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.c'))
    .sort()
    .map((file) => fixture(file.slice(0, -2), readFileSync(new URL(file, FOLDER), 'utf8')));
}

function fixture(name: string, text: string): Fixture {
  const lines = (key: string, form: RegExp) =>
    text
      .split('\n')
      .filter((line) => line.startsWith(`// ${key}:`))
      .map((line) => {
        const found = form.exec(line.slice(key.length + 4));
        if (found === null) throw new Error(`${name}.c: ${line} is not understood`);
        return found.slice(1) as string[];
      });
  const refused = lines('refused', /^ (\d+): ?(.*)$/)[0];
  return {
    name,
    text,
    values: lines('value', /^ (.*\)) = (-?\d+)$/).map(([call, result]) => ({
      call: callOf(call!),
      result: BigInt(result!),
    })),
    endings: lines('fault', /^ (.*?\)): (.*)$/).map(([call, message]) => ({
      call: callOf(call!),
      message: message!,
    })),
    accesses: lines('accesses', /^ (.*\)) =(.*)$/).map(([call, expected]) => ({
      call: callOf(call!),
      expected: expected!.trim(),
    })),
    refused: refused === undefined ? null : { line: Number(refused[0]), reason: refused[1]! },
    isForGcc: !text.includes('\n// gcc: no\n'),
  };
}

function callOf(text: string): Call {
  const [, name, args] = /^(\w+)\((.*)\)$/.exec(text) ?? [];
  if (name === undefined) throw new Error(`${text} is no call`);
  return { name, args: args === '' ? [] : args!.split(',').map((arg) => BigInt(arg.trim())), text };
}

/** Translates a fixture: every function that a line of its head calls. */
export function translateFixture(parser: CParser, { name, text, ...said }: Fixture): Translated {
  const calls = [...said.values, ...said.endings, ...said.accesses].map(({ call }) => call.name);
  const entries = said.refused === null ? [...new Set(calls)] : [name.replaceAll('-', '_')];
  const options = { config: { CONFIG_FIXTURE: '1' }, overrides: {}, prelude: '' };
  const unit = readUnit(parser, [{ path: `${name}.c`, text }], options);
  return translate(unit, { entries, edges: {}, constants: [] });
}

/** The refusal of a fixture: `line: reason`; null if it is translated. */
export function refusalOf(parser: CParser, fixture: Fixture): string | null {
  try {
    translateFixture(parser, fixture);
    return null;
  } catch (error) {
    const first = error instanceof Refusals ? error.refusals[0] : error;
    if (first instanceof Refusal) return `${first.line}: ${first.reason}`;
    throw error;
  }
}

/** Calls a function of a translation on a machine of its own; its result and what it accessed. */
export function called(translation: Translated, { name, args }: Call) {
  const machine = new PlainMachine(translation);
  const { parameters } = translation.functionNamed.get(name)!;
  const given = parameters.map(({ word }, i) => argument(args[i] ?? BigInt(0), word));
  const result = machine.call(name, ...given);
  const accesses = machine.accesses.map((text) => text.split(' ')[0]).join(' ');
  return { result: result === undefined ? null : BigInt(result), accesses, machine };
}
