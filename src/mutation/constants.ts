// SPDX-License-Identifier: GPL-2.0-only
// Where can an edit of a constant be seen? Where functions use it. An edit of the number behind
// `const NAME =` is the same as an edit of each use of NAME, and those lie inside of functions: so
// it is known which units reach it, and it can be patched into a loaded port.

import { ts } from 'ts-morph';
import { applyEdits, type Edited } from './edits.ts';
import type { Edit } from './mutant.ts';
import { type Port, type PortFile, parse } from './port.ts';

/** A constant of the top level. Offsets count UTF-16 units. */
interface Constant {
  readonly name: string;
  /** Of its value. */
  readonly start: number;
  readonly end: number;
}

/**
 * The same mutant, written as edits of all uses of the constant that it edits; null if it edits
 * anything else, if the constant has a use outside of the functions of the port, such as in another
 * constant, or if its value names anything.
 */
export function atUses(port: Port, { era, edits }: Edited): Edited | null {
  const [first] = edits;
  if (first === undefined || edits.some(({ file }) => file !== first.file)) return null;
  const { text } = port.files.get(first.file)!;
  const constant = constantsOf(text).find(({ start, end }) =>
    edits.every((edit) => start <= edit.start && edit.end <= end),
  );
  if (constant === undefined) return null;
  const { name, start, end } = constant;
  const moved = edits.map((edit) => ({
    ...edit,
    start: edit.start - start,
    end: edit.end - start,
  }));
  const replacement = `(${applyEdits(text.slice(start, end), moved)})`;
  if (/[A-Za-z_$]/.test(replacement.replace(/\b0x[\da-f_]+n?\b|\b\d[\d_]*n?\b/gi, ''))) return null;
  const uses: Edit[] = [];
  for (const file of port.files.values()) {
    // Another one of this name would be meant by some of the uses.
    const isAmbiguous =
      file.path !== first.file && constantsOf(file.text).some((one) => one.name === name);
    const own = isAmbiguous ? null : usesIn(file, name);
    if (own === null) return null;
    uses.push(...own.map((at) => ({ file: file.path, ...at, original: name, replacement })));
  }
  return uses.length === 0 ? null : { era, edits: uses };
}

const known = new Map<string, readonly Constant[]>();

function constantsOf(text: string): readonly Constant[] {
  let constants = known.get(text);
  if (constants === undefined) {
    const source = parse('port.ts', text);
    constants = source.statements.flatMap((node): Constant[] => {
      if (!ts.isVariableStatement(node)) return [];
      return node.declarationList.declarations.flatMap(({ name, initializer }) => {
        if (!ts.isIdentifier(name) || initializer === undefined) return [];
        return [
          { name: name.text, start: initializer.getStart(source), end: initializer.getEnd() },
        ];
      });
    });
    known.set(text, constants);
  }
  return constants;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where functions of a file use a name as a value; null if it stands anywhere else as well. */
function usesIn({ text, isMutated }: PortFile, name: string): Span[] | null {
  if (!text.includes(name)) return [];
  const source = parse('port.ts', text);
  const uses: Span[] = [];
  let isElsewhere = false;
  const visit = (node: ts.Node, parent: ts.Node, isInside: boolean): void => {
    if (ts.isIdentifier(node) && node.text === name && !(isMutated && makesKnown(node, parent))) {
      if (!isInside || !isValue(node, parent)) isElsewhere = true;
      else uses.push({ start: node.getStart(source), end: node.getEnd() });
    }
    const isBody = (child: ts.Node) => ts.isFunctionDeclaration(node) && node.body === child;
    ts.forEachChild(node, (child) => visit(child, node, isInside || isBody(child)));
  };
  for (const statement of source.statements) {
    if (!isDeclarationOf(statement, name)) visit(statement, source, false);
  }
  return isElsewhere ? null : uses;
}

/** An import, under this name. */
function makesKnown(node: ts.Identifier, parent: ts.Node): boolean {
  return ts.isImportSpecifier(parent) && parent.name === node && parent.propertyName === undefined;
}

/** `const NAME = value`, and nothing besides. */
function isDeclarationOf(statement: ts.Statement, name: string): boolean {
  if (!ts.isVariableStatement(statement)) return false;
  const { declarations } = statement.declarationList;
  const [only] = declarations;
  return declarations.length === 1 && ts.isIdentifier(only!.name) && only!.name.text === name;
}

/** Not the name of a field, a variable or a type, nor `{ NAME }`. */
function isValue(node: ts.Identifier, parent: ts.Node): boolean {
  if ('name' in parent && parent.name === node) return false;
  return !(ts.isTypeNode(parent) || ts.isBindingElement(parent) || ts.isExportSpecifier(parent));
}
