// SPDX-License-Identifier: GPL-2.0-only
// What do operators ask of a function, and how do they change it? Statements that call, statements
// that increment a field, and the few ways to drop or move a statement. Text that moves takes the
// place of the text it displaces, so comments and line numbers stay where they were.

import {
  type BinaryExpression,
  type CallExpression,
  type ExpressionStatement,
  Node,
  type Statement,
  SyntaxKind,
} from 'ts-morph';
import { deletion } from './edits.ts';
import type { Change } from './mutant.ts';

/** A statement that is nothing but a call, such as `synchronize_srcu(kvm.srcu);`. */
export interface CallStatement {
  readonly statement: ExpressionStatement;
  readonly call: CallExpression;
  readonly callee: string;
}

/** Calls whose value nobody uses, in the order of the text. */
export function callStatements(node: Node, callee: RegExp): CallStatement[] {
  return node.getDescendantsOfKind(SyntaxKind.ExpressionStatement).flatMap((statement) => {
    const call = statement.getExpression();
    if (!Node.isCallExpression(call)) return [];
    const name = call.getExpression().getText();
    return callee.test(name) ? [{ statement, call, callee: name }] : [];
  });
}

/** The grace periods that an install may wait for. */
export const SYNCHRONISE = /^synchronize_(srcu|rcu)/;
/** The store that makes a new set visible. */
export const PUBLISH = /^rcu_assign_pointer$/;

/** A statement that adds a constant to a field. */
export interface Increment {
  readonly statement: ExpressionStatement;
  /** The field that changes, such as `slots.generation`. */
  readonly field: string;
  /** The struct that it lies in, such as `slots`. */
  readonly object: string;
  /** How much, such as `1n`; null for `++`, whose operand may be of either kind. */
  readonly amount: string | null;
  /** The same statement with another amount. */
  readonly withAmount: (amount: string) => Change;
  /** The statement without the increment: nothing, or the assignment of the old number. */
  readonly dropped: () => Change;
}

/** Increments of fields, `x.f++`, `x.f += 1n` or `x.f = y + 1n`, in the order of the text. */
export function incrementsIn(node: Node): Increment[] {
  return node
    .getDescendantsOfKind(SyntaxKind.ExpressionStatement)
    .flatMap((statement) => incrementOf(statement) ?? []);
}

function incrementOf(statement: ExpressionStatement): Increment | null {
  const expression = statement.getExpression();
  if (Node.isPostfixUnaryExpression(expression) || Node.isPrefixUnaryExpression(expression)) {
    const operand = expression.getOperand();
    const isIncrement = expression.getOperatorToken() === SyntaxKind.PlusPlusToken;
    if (!isIncrement || !Node.isPropertyAccessExpression(operand)) return null;
    const field = operand.getText();
    const object = operand.getExpression().getText();
    const withAmount = (amount: string) => replaceNode(expression, `${field} += ${amount}`);
    return { statement, field, object, amount: null, withAmount, dropped: () => drop(statement) };
  }
  if (!Node.isBinaryExpression(expression)) return null;
  const target = expression.getLeft();
  if (!Node.isPropertyAccessExpression(target)) return null;
  const [field, object] = [target.getText(), target.getExpression().getText()];
  const right = expression.getRight();
  const operator = expression.getOperatorToken().getKind();
  if (operator === SyntaxKind.PlusEqualsToken && isInteger(right)) {
    const withAmount = (amount: string) => replaceNode(right, amount);
    const amount = right.getText();
    return { statement, field, object, amount, withAmount, dropped: () => drop(statement) };
  }
  if (operator !== SyntaxKind.EqualsToken) return null;
  const sum = sumOf(right);
  if (sum === null) return null;
  const withAmount = (amount: string) => replaceNode(sum.getRight(), amount);
  const dropped = () => replaceNode(sum, sum.getLeft().getText());
  return { statement, field, object, amount: sum.getRight().getText(), withAmount, dropped };
}

/** `y + 1n`, also inside parentheses or a conversion such as `u64(y + 1n)`. */
function sumOf(node: Node): BinaryExpression | null {
  if (Node.isParenthesizedExpression(node)) return sumOf(node.getExpression());
  if (Node.isCallExpression(node) && node.getArguments().length === 1) {
    const isConversion = /^[us](8|16|32|64)$/.test(node.getExpression().getText());
    return isConversion ? sumOf(node.getArguments()[0]!) : null;
  }
  if (!Node.isBinaryExpression(node)) return null;
  const isSum = node.getOperatorToken().getKind() === SyntaxKind.PlusToken;
  return isSum && isInteger(node.getRight()) ? node : null;
}

/** Is the node an integer literal of either kind? */
export function isInteger(node: Node): boolean {
  return Node.isNumericLiteral(node) || Node.isBigIntLiteral(node);
}

/** The sum of two literals of one kind: `1n` and `1n` make `2n`. Null if their kinds differ. */
export function addLiterals(a: string, b: string): string | null {
  const suffix = a.endsWith('n') ? 'n' : '';
  if (b.endsWith('n') !== a.endsWith('n')) return null;
  return `${BigInt(a.replace(/n$/, '')) + BigInt(b.replace(/n$/, ''))}${suffix}`;
}

/** The same amount in the kind of a neighbour; `++` counts as one. */
export function amountLike(amount: string | null, neighbour: string | null): string | null {
  if (amount !== null) return amount;
  return neighbour === null ? null : neighbour.endsWith('n') ? '1n' : '1';
}

/** The statements of the block that a statement stands in, itself included. */
export function siblings(statement: Statement): readonly Statement[] {
  const block = statement.getParent();
  return Node.isBlock(block) || Node.isCaseClause(block) ? block.getStatements() : [statement];
}

export function replaceNode(node: Node, replacement: string): Change {
  return { start: node.getStart(), end: node.getEnd(), replacement };
}

/** Leaves the statement out; its line stays, empty, or with an empty block where one must be. */
export function drop(statement: Statement): Change {
  const inBlock = siblings(statement).length > 1 || Node.isBlock(statement.getParent());
  if (!inBlock) return replaceNode(statement, '{}');
  const text = statement.getSourceFile().getFullText();
  return { ...deletion(text, statement.getStart(), statement.getEnd()), replacement: '' };
}

/** Moves a statement before an earlier one, or behind a later one, of the same block. */
export function moveTo(statement: Statement, target: Statement): Change[] {
  const all = siblings(statement);
  const [from, to] = [all.indexOf(statement), all.indexOf(target)];
  const slots = all.slice(Math.min(from, to), Math.max(from, to) + 1);
  const order = from < to ? [...slots.slice(1), slots[0]!] : [slots.at(-1)!, ...slots.slice(0, -1)];
  return slots.map((slot, index) => replaceNode(slot, order[index]!.getText()));
}
