// SPDX-License-Identifier: GPL-2.0-only
// In which statement of a file does an edit stand? Statements at the top level are read and checked
// independently of each other, so that one of them is all that has to be looked at anew.

import { Node } from 'ts-morph';
import { type Edit, MutationError } from '#mutation/mutant';
import type { PortFile } from '#mutation/port';

/** A statement at the top level of a file. Offsets count UTF-16 units. */
export interface TopStatement {
  /** The function or constant that it declares. */
  readonly name: string;
  /** The declaration. */
  readonly node: Node;
  /** With the white space and comments before it. */
  readonly start: number;
  readonly end: number;
}

type Range = Pick<Edit, 'start' | 'end'>;

/** The statement around a range. Throws if it declares no function or constant. */
export function placeOf(file: PortFile, range: Range): TopStatement {
  const place = placeAround(file, range);
  if (place !== null) return place;
  throw new MutationError(`${file.path}: no function or constant is around ${range.start}`);
}

/** The statement around a range; null if it declares no function or constant. */
export function placeAround(file: PortFile, range: Range): TopStatement | null {
  for (const { name, node } of file.scopes) {
    const statement = topOf(node);
    const [start, end] = [statement.getFullStart(), statement.getEnd()];
    if (start <= range.start && range.end <= end) return { name, node, start, end };
  }
  return null;
}

function topOf(node: Node): Node {
  const parent = node.getParent();
  return parent === undefined || Node.isSourceFile(parent) ? node : topOf(parent);
}

/** The text of a statement after edits in it, which are sorted by place. */
export function edited(
  file: PortFile,
  { start, end }: TopStatement,
  edits: readonly (Range & Pick<Edit, 'replacement'>)[],
): string {
  let result = '';
  let at = start;
  for (const edit of edits) {
    result += file.text.slice(at, edit.start) + edit.replacement;
    at = edit.end;
  }
  return result + file.text.slice(at, end);
}
