// SPDX-License-Identifier: GPL-2.0-only
// What if who sleeps is not woken?

import { Node, SyntaxKind } from 'ts-morph';
import { following } from '#mutation/code';
import type { Operator, Place } from '#mutation/mutant';
import { callStatements, moveTo, replaceNode, siblings } from '#mutation/statements';

/**
 * Whoever takes the last count away must wake the sleeper, and the sleeper must say that it sleeps
 * before it lets go of the lock. Either half is easily put one line too early or too late.
 */
export const operator: Operator = {
  name: 'lost-wakeup',
  family: 'locks',
  summary: 'A sleeper is not woken: too early, at the wrong count, or before it sleeps.',
  places: ({ node }) => [...wakers(node), ...sleepers(node)],
};

/** `const wake = count === 0n;` with `if (wake) wake_up();` after it. */
function wakers(node: Node): Place[] {
  return node.getDescendantsOfKind(SyntaxKind.VariableStatement).flatMap((statement) => {
    const [declaration] = statement.getDeclarations();
    const test = declaration?.getInitializer();
    const isUsed = following(statement).some(
      (other) =>
        Node.isIfStatement(other) &&
        other.getExpression().getText() === declaration?.getName() &&
        callStatements(other, /wake_up$/).length > 0,
    );
    if (!isUsed || !Node.isBinaryExpression(test)) return [];
    const wrong = replaceNode(test.getOperatorToken(), '!==');
    const places: Place[] = [{ changes: [wrong], description: 'it wakes while others remain' }];
    const before = siblings(statement)[siblings(statement).indexOf(statement) - 1];
    const field = test.getLeft().getText();
    if (before?.getText().includes(`${field}--`) === true) {
      const changes = moveTo(statement, before);
      places.push({ changes, description: 'the count is looked at before it is decreased' });
    }
    return places;
  });
}

/** `set_current_state(s); spin_unlock(l); schedule();` */
function sleepers(node: Node): Place[] {
  return callStatements(node, /^set_current_state$/).flatMap(({ statement }) => {
    const [unlock, sleep] = following(statement);
    if (unlock === undefined || sleep?.getText() !== 'schedule();') return [];
    const description = 'it says that it sleeps after it let go of the lock';
    return [{ changes: moveTo(statement, unlock), description }];
  });
}
