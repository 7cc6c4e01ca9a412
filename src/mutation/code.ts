// SPDX-License-Identifier: GPL-2.0-only
// What do operators ask of expressions, and how is new text put beside a statement? Assertions,
// tracepoints and statistics are not code here: nothing depends on them, and what runs are observed
// by must not be bent.

import {
  type BinaryExpression,
  type KindToNodeMappings,
  Node,
  type Statement,
  SyntaxKind,
} from 'ts-morph';
import type { Change } from './mutant.ts';
import { siblings } from './statements.ts';

/** All nodes of a kind below `node`, in the order of the text, outside of what only observes. */
export function codeOfKind<K extends SyntaxKind>(node: Node, kind: K): KindToNodeMappings[K][] {
  return node.getDescendantsOfKind(kind).filter((found) => !observes(found));
}

/** Is the node part of a statement that asserts, traces or counts? */
function observes(node: Node): boolean {
  const statement = Node.isExpressionStatement(node)
    ? node
    : node.getFirstAncestorByKind(SyntaxKind.ExpressionStatement);
  return statement !== undefined && isObservation(statement);
}

export function isObservation(statement: Statement): boolean {
  return /^(WARN_ON|BUG_ON|trace_\w+)\(|\.stat\./.test(statement.getText());
}

/** All statements below `node`, those inside of others included, in the order of the text. */
export function statementsIn(node: Node): Statement[] {
  return node.getDescendants().filter(Node.isStatement);
}

/** Binary expressions with one of these operators, such as `<<`. */
export function binaries(node: Node, ...operators: readonly string[]): BinaryExpression[] {
  return codeOfKind(node, SyntaxKind.BinaryExpression).filter((expression) =>
    operators.includes(operatorOf(expression)),
  );
}

export function operatorOf(expression: BinaryExpression): string {
  return expression.getOperatorToken().getText();
}

/** Is the result only compared with zero? Then a flag is asked for, and no value is made. */
export function isBitTest(expression: Node): boolean {
  const parent = expression.getParentWhileKind(SyntaxKind.ParenthesizedExpression)?.getParent();
  const compared = parent ?? expression.getParent();
  if (!Node.isBinaryExpression(compared)) return false;
  return /^[!=]==?$/.test(operatorOf(compared)) && /^0n?$/.test(compared.getRight().getText());
}

/** The text on one line, cut if it is long: for descriptions. */
export function brief(node: Node): string {
  const text = node.getText().replace(/\s+/g, ' ');
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

/** New statements on the line of one that is there; it must stand in a block. */
export function insertBefore(statement: Statement, text: string): Change {
  return { start: statement.getStart(), end: statement.getStart(), replacement: `${text} ` };
}

export function insertAfter(statement: Statement, text: string): Change {
  return { start: statement.getEnd(), end: statement.getEnd(), replacement: ` ${text}` };
}

/** The statements that follow in the same block. */
export function following(statement: Statement): readonly Statement[] {
  const all = siblings(statement);
  return all.slice(all.indexOf(statement) + 1);
}

/** The number in an integer literal of either kind. */
export function integerOf(literal: string): bigint {
  return BigInt(literal.replace(/n$/, '').replaceAll('_', ''));
}

/** A number written like `model`: with `n` or without, in hexadecimal or not. */
export function literalLike(model: string, value: bigint): string {
  const digits = model.startsWith('0x') ? `0x${value.toString(16)}` : String(value);
  return model.endsWith('n') ? `${digits}n` : digits;
}

/** The operands of a chain such as `a || b || c`, from left to right. */
export function operandsOf(chain: BinaryExpression): Node[] {
  const left = chain.getLeft();
  const isLonger = Node.isBinaryExpression(left) && operatorOf(left) === operatorOf(chain);
  return [...(isLonger ? operandsOf(left) : [left]), chain.getRight()];
}

/** The chain without one of its operands. */
export function withoutOperand(operands: readonly Node[], operand: Node): Change {
  const index = operands.indexOf(operand);
  const next = operands[index + 1];
  return next === undefined
    ? { start: operands[index - 1]!.getEnd(), end: operand.getEnd(), replacement: '' }
    : { start: operand.getStart(), end: next.getStart(), replacement: '' };
}
