// SPDX-License-Identifier: GPL-2.0-only
// Which places must Stryker leave alone? Texts that are only printed: the names that structs bear
// in tables. A mutant there changes no step, so that it would live for ever.

/** What Stryker shows of a syntax tree: a node of Babel, and the way up from it. */
export interface BabelPath {
  readonly node: { readonly type: string; readonly callee?: { readonly name?: string } };
  readonly parentPath?: BabelPath | null;
}

/** Functions of src/linux all of whose text arguments are labels; those of rcu() name fields. */
const LABELLED: ReadonlySet<string> = new Set(['struct']);

const REASON = 'a label: it is only printed';

/** Why this node is left alone; undefined if it is not. */
export function labelReason({ node, parentPath }: BabelPath): string | undefined {
  if (node.type !== 'StringLiteral' || parentPath?.node.type !== 'CallExpression') return undefined;
  const name = parentPath.node.callee?.name;
  return name !== undefined && LABELLED.has(name) ? REASON : undefined;
}
