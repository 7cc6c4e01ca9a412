// SPDX-License-Identifier: GPL-2.0-only
// Which functions stand at the top level of a port's file, and where?

import { ts } from 'ts-morph';
import { parse } from './port.ts';

/** A function of the top level. Offsets count UTF-16 units. */
export interface TopFunction {
  readonly name: string;
  /** Where the word `function` begins. */
  readonly start: number;
  /** Inside of its braces. */
  readonly bodyStart: number;
  readonly bodyEnd: number;
  /** Its body is one `return`. */
  readonly isShort: boolean;
  /** Of the first line, from 1. */
  readonly line: number;
}

const known = new Map<string, readonly TopFunction[]>();

/** The functions of a text that is never edited. */
export function functionsOf(text: string): readonly TopFunction[] {
  let functions = known.get(text);
  if (functions === undefined) {
    functions = findFunctions(text);
    known.set(text, functions);
  }
  return functions;
}

/** The functions of a text, in its order. */
export function findFunctions(text: string): TopFunction[] {
  const source = parse('port.ts', text);
  return source.statements.flatMap((node): TopFunction[] => {
    if (!ts.isFunctionDeclaration(node) || node.body === undefined) return [];
    const name = node.name?.text ?? '';
    const start = node.modifiers === undefined ? node.getStart(source) : node.modifiers.end;
    const word = text.indexOf('function', start);
    const line = source.getLineAndCharacterOfPosition(word).line + 1;
    const bodyStart = node.body.getStart(source) + 1;
    const [first, ...others] = node.body.statements;
    const isShort = others.length === 0 && first !== undefined && ts.isReturnStatement(first);
    return [{ name, start: word, bodyStart, bodyEnd: node.body.getEnd() - 1, isShort, line }];
  });
}
