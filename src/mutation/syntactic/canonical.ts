// SPDX-License-Identifier: GPL-2.0-only
// When are two mutants the same code? When their syntax trees are equal but for comments, white
// space, parentheses and empty statements in a block, none of which does anything.

import { ts } from 'ts-morph';
import { parse } from '#mutation/port';

/** A text that is equal for equal code. */
export function canonical(text: string): string {
  const source = parse('port.ts', text);
  const parts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isParenthesizedExpression(node)) {
      visit(node.expression);
      return;
    }
    const operator = 'operator' in node ? ` ${String(node.operator)}` : '';
    parts.push(`(${node.kind}${operator}`);
    const before = parts.length;
    const isList = ts.isBlock(node) || ts.isSourceFile(node) || ts.isCaseOrDefaultClause(node);
    ts.forEachChild(node, (child) => {
      if (!(isList && ts.isEmptyStatement(child))) visit(child);
    });
    if (parts.length === before) parts.push(` ${node.getText(source)}`);
    parts.push(')');
  };
  visit(source);
  return parts.join('');
}
