// SPDX-License-Identifier: GPL-2.0-only
// Which mutants does the C of a function have? Edits of the user's text with stable names; a mutant
// that C does not allow, or that says the same as the function, is none.

import { type FunctionText, retranslate, type TextEdit } from '../retranslate.ts';
import type { CParser } from '../text/ast.ts';
import type { Translated } from '../translate.ts';
import { Refusal, type Retranslated } from '../translation.ts';
import { everyNode, partOf, type RawNode, rawNodes } from './nodes.ts';
import { C_OPERATORS, type COperator } from './operators.ts';

export interface CMutant {
  /** `<function>/<operator>.<n>`; n counts the places of the function that the operator edits. */
  readonly id: string;
  readonly function: string;
  readonly operator: string;
  readonly file: string;
  /** 1-based, of the first edit. */
  readonly line: number;
  /** The line on which the innermost statement begins that holds the first edit. */
  readonly statementLine: number;
  readonly edits: readonly TextEdit[];
}

/**
 * All mutants of a function's text, whether C allows them or not, in the order of the operators.
 */
export function mutantsOfC(
  parser: CParser,
  name: string,
  of: FunctionText,
  operators: readonly COperator[] = C_OPERATORS,
): CMutant[] {
  const root = rawNodes(parser, of);
  const places = [...withParents(root, null)];
  return operators.flatMap((operator) =>
    places
      .flatMap(([node, parent]) => operator.edits(node, parent).map((edits) => ({ node, edits })))
      .map(({ node, edits }, i) => ({
        id: `${name}/${operator.name}.${i + 1}`,
        function: name,
        operator: operator.name,
        file: of.file.path,
        line: lineOf(node, edits),
        statementLine: statementLineOf(root, node, edits),
        edits,
      })),
  );
}

function* withParents(
  node: RawNode,
  parent: RawNode | null,
): Generator<readonly [RawNode, RawNode | null]> {
  yield [node, parent];
  for (const child of node.children) yield* withParents(child, node);
}

function lineOf(node: RawNode, edits: readonly TextEdit[]): number {
  const start = Math.min(...edits.map((edit) => edit.start));
  for (const inside of everyNode(node)) if (inside.start === start) return inside.line;
  return node.line;
}

const STATEMENT = /^(expression|if|while|do|for|switch|return|break|continue|goto)_statement$/;

/** A declaration inside a function is one too. */
function statementLineOf(root: RawNode, node: RawNode, edits: readonly TextEdit[]): number {
  const at = Math.min(...edits.map((edit) => edit.start));
  const [first] = edits.filter(({ start }) => start === at) as [TextEdit];
  const body = partOf(root.children.find((child) => partOf(child, 'body')) ?? root, 'body');
  let line = lineOf(node, edits);
  for (const inside of everyNode(body ?? root)) {
    const isStatement = STATEMENT.test(inside.kind) || inside.kind === 'declaration';
    // What is put in before a statement is reached with it.
    const holds = inside.start <= first.start && Math.max(first.end, at + 1) <= inside.end;
    if (isStatement && holds) line = inside.line;
  }
  return line;
}

/** A mutant translated; null if C does not allow it or if it is the function's own text again. */
export function translatedMutant(
  translation: Translated,
  of: FunctionText,
  { function: name, edits }: CMutant,
): Retranslated | null {
  try {
    const made = retranslate(translation, of, name, edits);
    const original = translation.functionNamed.get(name)!;
    return made.function.fingerprint === original.fingerprint ? null : made;
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}
