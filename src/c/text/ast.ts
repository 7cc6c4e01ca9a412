// SPDX-License-Identifier: GPL-2.0-only
// What does one declaration say? Its tokens are parsed by tree-sitter and copied into small plain
// nodes. A declaration with an ERROR or MISSING node is refused with its place, as is one in which
// tree-sitter sees another number of declarations than the brackets do.

import { createRequire } from 'node:module';
import { Language, Parser, type TreeCursor } from 'web-tree-sitter';
import { BUDGETS, within } from '../budgets.ts';
import { Refusal } from '../translation.ts';
import { readable } from './rewrite.ts';
import { type Token, textOf } from './tokens.ts';

export interface Ast {
  readonly kind: string;
  /** Which part of its parent it is; null for most lists. */
  readonly field: string | null;
  /** As in the text that was parsed; of leaves only, '' for others. */
  readonly text: string;
  readonly file: string;
  readonly line: number;
  /** Without comments. Punctuation is kept only where it is an operator. */
  readonly children: readonly Ast[];
  /** The whole text, for people. */
  readonly source: () => string;
}

/** tree-sitter with the grammar of C. */
export type CParser = Parser & { readonly __brand?: 'C' };

let loading: Promise<CParser> | null = null;

/** Loads the parser, once in a process. */
export function loadParser(): Promise<CParser> {
  loading ??= (async () => {
    await Parser.init();
    const wasm = createRequire(import.meta.url).resolve('tree-sitter-c/tree-sitter-c.wasm');
    return new Parser().setLanguage(await Language.load(wasm)) as CParser;
  })();
  return loading;
}

/**
 * Parses tokens that are one declaration, statement or function at file scope. Throws a Refusal if
 * they are not. Lines are those of the file.
 */
export function parsed(parser: CParser, file: string, tokens: readonly Token[]): Ast {
  const firstLine = tokens[0]!.line;
  const text = textOf(tokens, firstLine);
  const tree = parser.parse(text);
  if (tree === null) throw new Refusal(file, firstLine, 'the parser gave up');
  const cursor = tree.walk();
  try {
    if (tree.rootNode.hasError) throw errorIn(cursor, file, firstLine, text);
    const root = copied(cursor, { file, firstLine, text }, 0);
    const [only, ...more] = root.children;
    if (only === undefined || more.length > 0)
      throw new Refusal(file, firstLine, 'this is not one declaration for the parser');
    return only;
  } finally {
    // What is left to the garbage collector may outlive the parser's memory.
    cursor.delete();
    tree.delete();
  }
}

interface Text {
  readonly file: string;
  readonly firstLine: number;
  readonly text: string;
}

/** Nodes that say nothing here. */
const SKIPPED = new Set(['comment', ';', ',', '(', ')', '{', '}', '[', ']', '"']);

/** The node at the cursor, copied with all that it holds. */
function copied(cursor: TreeCursor, where: Text, depth: number): Ast {
  const { file, firstLine, text } = where;
  const line = firstLine + cursor.startPosition.row;
  within('nodeDepth', depth, file, line);
  const from = cursor.startIndex;
  const to = cursor.endIndex;
  const kind = cursor.nodeType;
  const field = cursor.currentFieldName;
  const children: Ast[] = [];
  if (cursor.gotoFirstChild()) {
    do {
      if (!SKIPPED.has(cursor.nodeType)) children.push(copied(cursor, where, depth + 1));
    } while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  const source = () => readable(text.slice(from, Math.min(to, from + 2000)));
  // A leaf that may have had skipped children (an empty list) is told from a token by its kind.
  const own = children.length === 0 ? text.slice(from, to) : '';
  return { kind, field, text: own, file, line, children, source };
}

/** The refusal for the first ERROR or MISSING node. */
function errorIn(cursor: TreeCursor, file: string, firstLine: number, text: string): Refusal {
  const at = () => firstLine + cursor.startPosition.row;
  for (let depth = 0; ; ) {
    if (cursor.nodeType === 'ERROR' || cursor.nodeIsMissing) {
      const what = cursor.nodeIsMissing
        ? `'${cursor.nodeType}' is missing`
        : `'${readable(text.slice(cursor.startIndex, cursor.startIndex + 40))}' is not understood`;
      return new Refusal(file, at(), `the C cannot be parsed: ${what}`);
    }
    if (depth < BUDGETS.nodeDepth && cursor.gotoFirstChild()) {
      depth++;
      continue;
    }
    while (!cursor.gotoNextSibling()) {
      if (!cursor.gotoParent())
        return new Refusal(file, firstLine, 'the C cannot be parsed at some depth');
      depth--;
    }
  }
}

/** The child that is this part of its parent. */
export function part(node: Ast, field: string): Ast | null {
  return node.children.find((child) => child.field === field) ?? null;
}

/** The same, which must be there. */
export function needed(node: Ast, field: string): Ast {
  return part(node, field) ?? refuse(node, `a ${node.kind} without its ${field}`);
}

/** All children that are this part of their parent. */
export function parts(node: Ast, field: string): Ast[] {
  return node.children.filter((child) => child.field === field);
}

/** The children that are no operators or keywords. */
export function inner(node: Ast): Ast[] {
  return node.children.filter(({ kind }) => /^[a-z_]+$/.test(kind) && !KEYWORDS.has(kind));
}

const KEYWORDS = new Set(
  `if else for while do switch case default break continue return goto sizeof struct union enum
  typedef static extern const volatile register auto signed unsigned long short`.split(/\s+/),
);

/** All nodes of a kind, outermost first. */
export function found(root: Ast, kind: string): Ast[] {
  const all: Ast[] = [];
  const visit = (node: Ast) => {
    if (node.kind === kind) all.push(node);
    for (const child of node.children) visit(child);
  };
  visit(root);
  return all;
}

/** Throws the refusal of a node. */
export function refuse(node: Pick<Ast, 'file' | 'line'>, reason: string): never {
  throw new Refusal(node.file, node.line, reason);
}
