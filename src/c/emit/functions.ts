// SPDX-License-Identifier: GPL-2.0-only
// What does a C function become? One plain function. Its frame is entered only if it has locals
// with an address or may come to call itself.

import { createHash } from 'node:crypto';
import { type Ast, found, needed, refuse } from '../text/ast.ts';
import type { Chunk } from '../text/chunks.ts';
import type { TranslatedFunction } from '../translation.ts';
import { type FunctionType, spelled, wordOf } from '../types/types.ts';
import { Body } from './body.ts';
import { type Code, int, js, list, mangled, NOTHING, STORE, sequence } from './emit.ts';
import { onlyInner } from './expressions.ts';
import { Labels } from './labels.ts';
import type { Program, Wanted } from './program.ts';
import { statements } from './statements.ts';

/** A translated function, before it is known whether it may call itself. */
export interface Draft {
  readonly wanted: Wanted;
  readonly type: FunctionType;
  readonly body: Body;
  readonly parameters: readonly Code[];
  readonly code: Code;
  readonly enterSite: number;
  readonly endSite: number;
}

/** Translates one function. Throws a Refusal. */
export function drafted(program: Program, wanted: Wanted): Draft {
  const node = program.unit.parse(wanted.chunk);
  const type = program.functionType(wanted.chunk);
  if (type.isVariadic) refuse(node, `${wanted.name}() takes any number of arguments`);
  const body = new Body(program, wanted.name, type.result, addressed(node));
  const enterSite = program.site(needed(node, 'declarator'), wanted.name, 'enter', '');
  const parameters: Code[] = [];
  const isRecord = type.result.kind === 'record';
  // A struct is returned into memory of the caller, whose address comes first.
  if (isRecord) parameters.push(body.newLocal());
  else if (type.result.kind !== 'void' && wordOf(type.result) === null)
    refuse(node, `${wanted.name}() returns ${spelled(type.result)}`);
  const setUp = type.parameters.map((_, i) => parameter(body, type, i, parameters, node));
  const inside = statements(body, needed(node, 'body').children, { labels: new Labels() });
  const endSite = program.site(needed(node, 'declarator'), wanted.name, 'fault', '');
  return {
    wanted,
    type,
    body,
    parameters,
    code: js`${sequence(setUp)}${inside}`,
    enterSite,
    endSite,
  };
}

function parameter(
  body: Body,
  type: FunctionType,
  index: number,
  parameters: Code[],
  node: Ast,
): Code {
  const name = type.names[index] ?? null;
  const of = type.parameters[index]!;
  const code = body.newLocal();
  parameters.push(code);
  if (name === null) return NOTHING;
  if (of.kind === 'record') {
    body.add(name, { kind: 'passed', type: of, code }, node);
    return NOTHING;
  }
  const word = wordOf(of);
  if (word === null) return refuse(node, `a parameter of the type ${spelled(of)}`);
  if (!body.addressed.has(name)) {
    body.add(name, { kind: 'variable', type: of, code, isSet: true }, node);
    return NOTHING;
  }
  const offset = body.room(8, 8, node);
  body.add(name, { kind: 'frame', type: of, offset }, node);
  return js`${STORE[word]}(${body.site(node, 'plain')},p+${int(offset)},${code});`;
}

/** Names that `&` is applied to. Shadowing is not looked at: at worst a local lies in memory. */
function addressed(node: Ast): ReadonlySet<string> {
  const names = new Set<string>();
  for (const pointer of found(node, 'pointer_expression')) {
    if (needed(pointer, 'operator').kind !== '&') continue;
    let argument = needed(pointer, 'argument');
    while (argument.kind === 'parenthesized_expression') argument = onlyInner(argument);
    if (argument.kind === 'identifier') names.add(argument.text);
  }
  return names;
}

/** The function's text, and what is told of it. */
export function finished(program: Program, draft: Draft, mayRecur: boolean): TranslatedFunction {
  const { wanted, type, body, parameters } = draft;
  const { chunk, name, index } = wanted;
  const hasFrame = body.frameBytes > 0 || mayRecur;
  const bytes = int(Math.ceil(body.frameBytes / 16) * 16);
  const enter = hasFrame ? js`const p=m.enter(${int(draft.enterSite)},${bytes});` : NOTHING;
  const leave = hasFrame ? js`m.leave(${bytes});` : NOTHING;
  const isVoid = type.result.kind === 'void' || type.result.kind === 'record';
  const end = isVoid ? leave : js`m.fault(${int(draft.endSite)},5);`;
  const variables = body.variables.length > 0 ? js`let ${list(body.variables)};` : NOTHING;
  // Without a frame to leave, a result need not be kept.
  const kept = /\{(t\d+)=([^;{}]*);@leave;return \1;\}/g;
  const direct = hasFrame ? draft.code : draft.code.replace(kept, 'return $2;');
  const inside = direct.replaceAll('@leave;', leave) as Code;
  const head = js`function ${mangled('f', index)}(${list([js`m`, ...parameters])})`;
  return {
    name,
    index,
    file: chunk.file,
    line: chunk.line,
    lastLine: chunk.lastLine,
    parameters: [
      ...(type.result.kind === 'record' ? [{ name: '', word: 'pointer' as const }] : []),
      ...type.parameters.map((of, i) => ({
        name: type.names[i] ?? '',
        word: wordOf(of) ?? 'pointer',
      })),
    ],
    result: isVoid ? 'void' : wordOf(type.result)!,
    signature: program.signature(type),
    text: js`${head}{${enter}${variables}${inside}${end}}`,
    calls: [...body.calls].sort(),
    edges: [...body.edges].sort(),
    fingerprint: fingerprint(chunk),
  };
}

/** A hash of the tokens of a declaration: comments, blanks and line breaks do not count. */
export function fingerprint(chunk: Chunk): string {
  const hash = createHash('sha256');
  for (const { text } of chunk.tokens) hash.update(text).update('\0');
  return hash.digest('hex').slice(0, 16);
}
