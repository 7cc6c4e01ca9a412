// SPDX-License-Identifier: GPL-2.0-only
// Where in the user's text does each part of a function stand? The raw text is parsed, before any
// macro is replaced, so that offsets are those of the file. What tree-sitter cannot read there has
// no nodes: no mutant is made of it.

import type { TreeCursor } from 'web-tree-sitter';
import { BUDGETS } from '../budgets.ts';
import type { FunctionText } from '../retranslate.ts';
import type { CParser } from '../text/ast.ts';

export interface RawNode {
  readonly kind: string;
  readonly field: string | null;
  /** UTF-16 units of the file. */
  readonly start: number;
  readonly end: number;
  /** 1-based. */
  readonly line: number;
  readonly text: string;
  readonly children: readonly RawNode[];
}

/** The nodes of a function's text, without those that could not be read. */
export function rawNodes(parser: CParser, of: FunctionText): RawNode {
  const text = of.file.text.slice(of.start, of.end);
  const tree = parser.parse(text);
  if (tree === null) throw new Error('defect: the parser gave up');
  const cursor = tree.walk();
  try {
    return copied(cursor, of, text, 0);
  } finally {
    cursor.delete();
    tree.delete();
  }
}

function copied(cursor: TreeCursor, of: FunctionText, text: string, depth: number): RawNode {
  const { startIndex, endIndex } = cursor;
  const kind = cursor.nodeType;
  const field = cursor.currentFieldName;
  const line = of.line + cursor.startPosition.row;
  const children: RawNode[] = [];
  if (kind !== 'ERROR' && depth < BUDGETS.nodeDepth && cursor.gotoFirstChild()) {
    do {
      if (!cursor.nodeIsMissing) children.push(copied(cursor, of, text, depth + 1));
    } while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return {
    ...{ kind, field, line, children },
    start: of.start + startIndex,
    end: of.start + endIndex,
    text: text.slice(startIndex, endIndex),
  };
}

/** The part of a node that has this name. */
export function partOf(node: RawNode, field: string): RawNode | undefined {
  return node.children.find((child) => child.field === field);
}

/** All nodes, parents first. */
export function* everyNode(node: RawNode): Generator<RawNode> {
  yield node;
  for (const child of node.children) yield* everyNode(child);
}
