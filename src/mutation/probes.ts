// SPDX-License-Identifier: GPL-2.0-only
// Which code does a run of the port reach? When its text is emitted for that purpose, each region
// of a function that may be left out gets a probe that counts its entries. And which region does an
// edit stand in? If a run never enters that region, the edit cannot be seen in it.
//
// A region is the inside of a block, a statement without braces behind a condition or a loop head,
// or the operand of `?:`, `&&`, `||`, `??` or `=>` that is evaluated on a condition. What stands at
// the top level of a file, in the head of a function or among its parameters is in no region by
// itself: it belongs to the region around it, or to none, and then counts as always reached.
//
// Why an edit inside a region that is never entered changes nothing: the edited text has a region
// of the same kind between the same neighbours, and all other text is equal. A parser that reads
// from left to right is in the same state before it and, since it ends at the same place, after it.
// So the two programs have the same syntax tree but for the inside of that region, and until it is
// entered both do the same. Only `var` reaches out of a region without being executed: an edit with
// it counts as always reached.

import { ts } from 'ts-morph';
import { applyEdits } from './edits.ts';
import type { Edit } from './mutant.ts';
import { parse } from './port.ts';

/** Offsets count UTF-16 units; those of a block lie inside its braces. */
interface Region {
  readonly kind: 'block' | 'statement' | 'expression';
  readonly start: number;
  readonly end: number;
}

const known = new Map<string, readonly Region[]>();

/** The regions of a text that is never edited, in its order, outer ones before inner ones. */
function regionsOf(text: string): readonly Region[] {
  let regions = known.get(text);
  if (regions === undefined) {
    regions = findRegions(text);
    known.set(text, regions);
  }
  return regions;
}

/** How many regions a text has. */
export function countRegions(text: string): number {
  return regionsOf(text).length;
}

function findRegions(text: string): Region[] {
  const source = parse('port.ts', text);
  const regions: Region[] = [];
  const visit = (node: ts.Node, isInside: boolean): void => {
    const own = isInside ? regionOf(source, node) : null;
    if (own !== null) regions.push(own);
    const bodies = conditionalParts(node);
    ts.forEachChild(node, (child) => {
      const isBody = ts.isFunctionLike(node) && bodies.includes(child);
      // The head of a function is evaluated where the function stands, or at every call.
      const inside = ts.isFunctionLike(node) ? isBody : isInside;
      if (inside && bodies.includes(child) && !ts.isBlock(child)) {
        const kind = ts.isExpression(child) ? 'expression' : 'statement';
        regions.push({ kind, start: child.getStart(source), end: child.getEnd() });
      }
      visit(child, inside);
    });
  };
  visit(source, false);
  return regions;
}

function regionOf(source: ts.SourceFile, node: ts.Node): Region | null {
  if (!ts.isBlock(node)) return null;
  return { kind: 'block', start: node.getStart(source) + 1, end: node.getEnd() - 1 };
}

/** The parts of a node that need not be run when the node is. */
function conditionalParts(node: ts.Node): readonly (ts.Node | undefined)[] {
  if (ts.isIfStatement(node)) return [node.thenStatement, node.elseStatement];
  if (ts.isIterationStatement(node, false)) return [node.statement];
  if (ts.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse];
  if (ts.isBinaryExpression(node)) return LAZY.has(node.operatorToken.kind) ? [node.right] : [];
  return ts.isFunctionLike(node) && 'body' in node ? [node.body as ts.Node | undefined] : [];
}

const LAZY: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
]);

/**
 * The text with a probe in each region: `entries[first + n]++` for the n-th. `module` is the URL
 * that exports `entries`. Lines stay where they are.
 */
export function withProbes(text: string, module: string, first: number): string {
  const inserts = regionsOf(text).flatMap(({ kind, start, end }, i) => {
    const probe = `$entries[${first + i}]++`;
    if (kind === 'block') return [{ at: start, rank: 1, text: ` ${probe};` }];
    const [open, close] = kind === 'statement' ? [`{ ${probe}; `, ' }'] : [`(${probe}, `, ')'];
    // Where regions meet, one is closed before the next is opened, and the inner before the outer.
    return [
      { at: start, rank: 1, text: open },
      { at: end, rank: -i, text: close },
    ];
  });
  if (inserts.length === 0) return text;
  inserts.sort((a, b) => a.at - b.at || a.rank - b.rank);
  let result = `import { entries as $entries } from ${JSON.stringify(module)}; `;
  let at = 0;
  for (const insert of inserts) {
    result += text.slice(at, insert.at) + insert.text;
    at = insert.at;
  }
  return result + text.slice(at);
}

/**
 * For each edit of a file the number of the innermost region that it changes the inside of, and
 * nothing else; null if there is none, so that it counts as always reached. `edits` are all of the
 * file.
 */
export function regionsOfEdits(text: string, edits: readonly Edit[]): (number | null)[] {
  const before = regionsOf(text);
  const after = new Set(editedRegions(text, edits));
  return edits.map((edit) => {
    const found = before.findLastIndex(
      (region) => contains(region, edit) && after.has(movedKey(region, edits)),
    );
    const reachesOut = edits.some((e) => /\bvar\b/.test(`${e.original} ${e.replacement}`));
    return found < 0 || reachesOut ? null : found;
  });
}

/** Keys of the regions of the edited text; of those outside of edited statements, none. */
function editedRegions(text: string, edits: readonly Edit[]): string[] {
  const edited = statementsOf(text).flatMap(({ start, end }) => {
    const own = edits.filter((edit) => start <= edit.start && edit.end <= end);
    return own.length === 0 ? [] : [{ start, end, own }];
  });
  if (edited.reduce((sum, { own }) => sum + own.length, 0) < edits.length) {
    return findRegions(applyEdits(text, edits)).map(keyOf);
  }
  let moved = 0;
  return edited.flatMap(({ start, end, own }) => {
    const shifted = own.map((edit) => ({
      ...edit,
      start: edit.start - start,
      end: edit.end - start,
    }));
    const after = applyEdits(text.slice(start, end), shifted);
    const at = start + moved;
    moved += after.length - (end - start);
    // What stands before the statement is complete, so a parser begins anew here.
    return findRegions(after).map((region) =>
      keyOf({ ...region, start: region.start + at, end: region.end + at }),
    );
  });
}

const statements = new Map<string, readonly { readonly start: number; readonly end: number }[]>();

/** Everything of the top level, in order. */
function statementsOf(text: string) {
  let known = statements.get(text);
  if (known === undefined) {
    const source = parse('port.ts', text);
    known = source.statements.map((node) => ({ start: node.getFullStart(), end: node.getEnd() }));
    statements.set(text, known);
  }
  return known;
}

function contains({ start, end }: Region, edit: Edit): boolean {
  return start <= edit.start && edit.end <= end;
}

function keyOf({ kind, start, end }: Region): string {
  return `${kind} ${start} ${end}`;
}

/** The key that the region has after the edits; none if an edit reaches across its edge. */
function movedKey(region: Region, edits: readonly Edit[]): string {
  const brace = region.kind === 'block' ? 1 : 0;
  let [start, end] = [region.start, region.end];
  for (const edit of edits) {
    const more = edit.replacement.length - (edit.end - edit.start);
    if (contains(region, edit)) end += more;
    else if (edit.end <= region.start - brace) {
      start += more;
      end += more;
    } else if (edit.start < region.end + brace) return '';
  }
  return keyOf({ kind: region.kind, start, end });
}
