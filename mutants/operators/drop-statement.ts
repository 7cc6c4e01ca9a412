// SPDX-License-Identifier: GPL-2.0-only
// What if one statement is missing?

import { Node } from 'ts-morph';
import { brief, isObservation, statementsIn } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { drop } from '#mutation/statements';

/**
 * A conflict is resolved the wrong way, a hunk of a backport does not apply, a line "does nothing".
 * The code still compiles.
 */
export const operator: Operator = {
  name: 'drop-statement',
  family: 'general',
  summary: 'One statement is left out.',
  places: ({ node }) =>
    statementsIn(node)
      .filter((statement) => isSimple(statement) && !isObservation(statement))
      .filter((statement) => !isLastReturn(statement, node))
      .map((statement) => ({
        changes: [drop(statement)],
        description: `'${brief(statement)}' is left out`,
      })),
};

/** What holds other statements is left to them; what declares a name cannot be missing. */
function isSimple(statement: Node): boolean {
  return (
    Node.isExpressionStatement(statement) ||
    Node.isReturnStatement(statement) ||
    Node.isBreakStatement(statement) ||
    Node.isContinueStatement(statement)
  );
}

/** A function that has to return something does not compile without its last statement. */
function isLastReturn(statement: Node, scope: Node): boolean {
  if (!Node.isFunctionDeclaration(scope)) return false;
  return Node.isReturnStatement(statement) && scope.getStatements().at(-1) === statement;
}
