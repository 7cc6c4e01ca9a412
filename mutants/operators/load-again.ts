// SPDX-License-Identifier: GPL-2.0-only
// What if shared memory is read again where a local copy should be used?

import { Node, SyntaxKind } from 'ts-morph';
import { brief } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';

/**
 * A local variable looks superfluous and is inlined, or a compiler loads again what it cannot keep
 * in a register. The second value may be another one: what was checked is not what is used.
 */
export const operator: Operator = {
  name: 'load-again',
  family: 'general',
  summary: 'One use of a value that was loaded before loads it once more.',
  places: ({ node }) =>
    node.getDescendantsOfKind(SyntaxKind.VariableDeclaration).flatMap((local) => {
      const load = local.getInitializer();
      if (load === undefined || !isLoad(load)) return [];
      return usesOf(local.getName(), node)
        .filter((use) => use.getStart() > local.getEnd())
        .slice(1)
        .map((use) => ({
          changes: [replaceNode(use, load.getText())],
          description: `${local.getName()} is read again by ${brief(load)}`,
        }));
    }),
};

/** A pointer into an array is no load, the host never changes, and effects must come once. */
function isLoad(node: Node): boolean {
  if (node.getText().startsWith('config()')) return false;
  if (Node.isNonNullExpression(node)) return isLoad(node.getExpression());
  if (Node.isPropertyAccessExpression(node)) return true;
  return Node.isCallExpression(node) && LOADS.test(node.getExpression().getText());
}

const LOADS =
  /^(READ_ONCE|kvm_memslots|id_to_memslot|(__)?gfn_to_|kvm_current_|walk_|\w+_lockless$)/;

/** Plain reads: not the left side of an assignment, not the name of a field. */
function usesOf(name: string, node: Node): Node[] {
  return node.getDescendantsOfKind(SyntaxKind.Identifier).filter((use) => {
    const parent = use.getParent();
    if (use.getText() !== name || isWritten(use)) return false;
    return !Node.isPropertyAccessExpression(parent) || parent.getExpression() === use;
  });
}

/** What is assigned to or counted up is a place, and a load is none. */
function isWritten(use: Node): boolean {
  const parent = use.getParent();
  if (Node.isPostfixUnaryExpression(parent)) return true;
  if (Node.isPrefixUnaryExpression(parent)) return /^(\+\+|--)/.test(parent.getText());
  if (!Node.isBinaryExpression(parent) || parent.getLeft() !== use) return false;
  return /^([^=!<>]*|<<|>>>?)=$/.test(parent.getOperatorToken().getText());
}
