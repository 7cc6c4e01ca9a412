// SPDX-License-Identifier: GPL-2.0-only
// How does an update of the slots go? Deleting or moving a slot installs it as invalid first, and
// flushes its mappings. Operators on the flow of the ioctl share these questions.

import { type ExpressionStatement, type Node, SyntaxKind } from 'ts-morph';

/** `old_memslots = install_new_memslots(kvm, slots, null);`: nothing new, one slot marked. */
export function invalidInstalls(node: Node): ExpressionStatement[] {
  return node
    .getDescendantsOfKind(SyntaxKind.ExpressionStatement)
    .filter((statement) => /\binstall_new_memslots\(.*, null\);$/.test(statement.getText()));
}
