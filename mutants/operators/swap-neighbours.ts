// SPDX-License-Identifier: GPL-2.0-only
// What if two statements stand in the wrong order?

import { Node, type Statement, SyntaxKind } from 'ts-morph';
import { brief, isObservation, statementsIn } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { replaceNode, siblings } from '#mutation/statements';

/**
 * Lines are moved in a clean-up, or a hunk is applied one line too high. Alone, either order may
 * look right; beside another thread only one is.
 */
export const operator: Operator = {
  name: 'swap-neighbours',
  family: 'general',
  summary: 'Two neighbouring statements are swapped.',
  places: ({ node }) =>
    statementsIn(node).flatMap((first) => {
      const all = siblings(first);
      const second = all[all.indexOf(first) + 1];
      if (second === undefined || !canSwap(first, second)) return [];
      const [before, after] = [first.getText(), second.getText()];
      return [
        {
          changes: [replaceNode(first, after), replaceNode(second, before)],
          description: `'${brief(second)}' comes before '${brief(first)}'`,
        },
      ];
    }),
};

/** Does the swap compile, and may it make a difference? */
function canSwap(first: Statement, second: Statement): boolean {
  if ([first, second].some((one) => leaves(one) || isObservation(one))) return false;
  if (namesOf(first).some((name) => mentions(second, name))) return false;
  if (bodyOf(first) !== null && bodyOf(first) === bodyOf(second)) return false;
  return ![first, second].every(isStore) || meet(first, second) || meet(second, first);
}

/** Behind a jump nothing is reached: that is a dropped statement. */
function leaves(statement: Statement): boolean {
  return (
    Node.isReturnStatement(statement) ||
    Node.isBreakStatement(statement) ||
    Node.isContinueStatement(statement)
  );
}

function namesOf(statement: Statement): string[] {
  if (!Node.isVariableStatement(statement)) return [];
  return statement.getDeclarations().map((declaration) => declaration.getName());
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

/** Only assigns or declares, and calls nothing: by itself such a store is seen by nobody. */
function isStore(statement: Statement): boolean {
  const isPlain = Node.isExpressionStatement(statement) || Node.isVariableStatement(statement);
  return isPlain && statement.getDescendantsOfKind(SyntaxKind.CallExpression).length === 0;
}

/** Does the second statement use what the first one stores to? */
function meet(first: Statement, second: Statement): boolean {
  const target = /^[\w.!$]+/.exec(first.getText())?.[0] ?? '';
  return second.getText().includes(target);
}
