// SPDX-License-Identifier: GPL-2.0-only
// May two neighbouring statements change places? Only if the code still compiles, and if anybody
// could tell: of two stores that have nothing to do with each other, nobody can.

import { Node, type Statement, SyntaxKind } from 'ts-morph';
import { isObservation } from './code.ts';

/** Does the swap compile, and may it make a difference? */
export function canSwap(first: Statement, second: Statement): boolean {
  if ([first, second].some((one) => leaves(one) || isObservation(one) || isIdle(one))) return false;
  if (namesOf(first).some((name) => mentions(second, name))) return false;
  if (bodyOf(first) !== null && bodyOf(first) === bodyOf(second)) return false;
  if (![first, second].every(isStore)) return true;
  return (meet(first, second) || meet(second, first)) && !commute(first, second);
}

/** Behind a jump nothing is reached: that is a dropped statement. */
function leaves(statement: Statement): boolean {
  return (
    Node.isReturnStatement(statement) ||
    Node.isBreakStatement(statement) ||
    Node.isContinueStatement(statement)
  );
}

/** A declaration that calls nothing: it may stand anywhere above its first use. */
function isIdle(statement: Statement): boolean {
  if (!Node.isVariableStatement(statement)) return false;
  return statement
    .getDescendantsOfKind(SyntaxKind.CallExpression)
    .every((call) => call.getExpression().getText().endsWith('.local'));
}

function namesOf(statement: Statement): string[] {
  if (!Node.isVariableStatement(statement)) return [];
  return statement.getDeclarations().flatMap((declaration) => {
    const name = declaration.getNameNode();
    const names = Node.isIdentifier(name)
      ? [name]
      : name.getDescendantsOfKind(SyntaxKind.Identifier);
    return names.map((identifier) => identifier.getText());
  });
}

function mentions(statement: Statement, name: string): boolean {
  return statement
    .getDescendantsOfKind(SyntaxKind.Identifier)
    .some((identifier) => identifier.getText() === name);
}

/** Two checks that end alike may come in either order. */
function bodyOf(statement: Statement): string | null {
  return Node.isIfStatement(statement) ? statement.getThenStatement().getText() : null;
}

/** Only assigns, and calls nothing: by itself such a store is seen by nobody. */
function isStore(statement: Statement): boolean {
  const calls = statement.getDescendantsOfKind(SyntaxKind.CallExpression);
  return Node.isExpressionStatement(statement) && calls.length === 0;
}

/** Does the second statement use what the first one stores to? */
function meet(first: Statement, second: Statement): boolean {
  const target = /^[\w.!$]+/.exec(first.getText())?.[0] ?? '';
  return second.getText().includes(target);
}

/** `mask |= a` and `mask |= b` may come in either order. */
function commute(first: Statement, second: Statement): boolean {
  const [one, other] = [first, second].map((s) => /^[\w.!$]+ [|&+]=/.exec(s.getText())?.[0]);
  return one !== undefined && one === other;
}
