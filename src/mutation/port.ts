// SPDX-License-Identifier: GPL-2.0-only
// Which files and functions make up the port of an era? Those that its system reaches by imports:
// a file that an era does not have itself is taken from the era before.

import { posix } from 'node:path';
import { Node, Project, type SourceFile, ts } from 'ts-morph';
import type { EraName } from '#vocabulary';
import { MutationError } from './mutant.ts';

/** What an operator is given: a function, or a constant, at the top level of a port's file. */
export interface Scope {
  readonly name: string;
  readonly node: Node;
}

export interface PortFile {
  /** Relative to reference/. */
  readonly path: string;
  readonly text: string;
  /** Files under reference/ that are loaded when this one is. */
  readonly imports: readonly string[];
  /** True in the folder of an era, such as `v3.17/`; the rest is never mutated. */
  readonly isMutated: boolean;
  /** Functions and constants of the top level, in the order of the text. */
  readonly scopes: readonly Scope[];
  /** Everything of the top level, each with the comment before it. */
  readonly statements: readonly { readonly start: number; readonly end: number }[];
}

export interface Port {
  readonly era: EraName;
  /** The file that exports the system under test. */
  readonly entry: string;
  /** By path, in the order in which imports reach them. */
  readonly files: ReadonlyMap<string, PortFile>;
}

/** Follows imports from systems/<era>.ts. `read` gets a path relative to reference/. */
export function readPort(era: EraName, read: (path: string) => string): Port {
  const project = new Project({ useInMemoryFileSystem: true, skipFileDependencyResolution: true });
  const entry = `systems/${era}.ts`;
  const files = new Map<string, PortFile>();
  const visit = (path: string): void => {
    if (files.has(path)) return;
    const text = read(path);
    checkSyntax(path, text);
    const source = project.createSourceFile(`/${path}`, text);
    const imports = importsOf(path, source);
    const isMutated = /^v\d/.test(path);
    const scopes = isMutated ? scopesOf(source) : [];
    const statements = source
      .getStatements()
      .map((node) => ({ start: node.getFullStart(), end: node.getEnd() }));
    files.set(path, { path, text, imports, isMutated, scopes, statements });
    imports.forEach(visit);
  };
  visit(entry);
  return { era, entry, files };
}

/** The scope of this name and its file. Throws unless the era has exactly one. */
export function scopeNamed(port: Port, name: string): { file: PortFile; scope: Scope } {
  const found = [...port.files.values()].flatMap((file) =>
    file.scopes.filter((scope) => scope.name === name).map((scope) => ({ file, scope })),
  );
  if (found.length !== 1) {
    throw new MutationError(`${port.era} has ${found.length} functions named ${name}, not one`);
  }
  return found[0]!;
}

/** Paths of the files whose loading loads one of `paths`, those included. */
export function importersOf(port: Port, paths: Iterable<string>): ReadonlySet<string> {
  const reached = new Set(paths);
  for (let before = -1; before !== reached.size; ) {
    before = reached.size;
    for (const file of port.files.values()) {
      if (file.imports.some((path) => reached.has(path))) reached.add(file.path);
    }
  }
  return reached;
}

/** Throws if the text, which begins at line `first` of its file, is not TypeScript. */
export function checkSyntax(path: string, text: string, first = 1): void {
  const source = parse(path, text);
  // The parser's own findings; the public way to them needs a whole program.
  const { parseDiagnostics } = source as unknown as { parseDiagnostics: readonly ts.Diagnostic[] };
  const [finding] = parseDiagnostics;
  if (finding === undefined) return;
  const { line } = source.getLineAndCharacterOfPosition(finding.start ?? 0);
  const message = ts.flattenDiagnosticMessageText(finding.messageText, ' ');
  throw new MutationError(`${path}:${first + line} does not parse: ${message}`);
}

/** The bare syntax tree: no doc comments and no way up from a node, at a fraction of the cost. */
export function parse(path: string, text: string): ts.SourceFile {
  const jsDocParsingMode = ts.JSDocParsingMode.ParseNone;
  const options = { languageVersion: ts.ScriptTarget.Latest, jsDocParsingMode };
  return ts.createSourceFile(path, text, options, false, ts.ScriptKind.TS);
}

function importsOf(path: string, source: SourceFile): string[] {
  const imports = source.getImportDeclarations().filter((node) => !node.isTypeOnly());
  const exports = source.getExportDeclarations().filter((node) => !node.isTypeOnly());
  return [...imports, ...exports]
    .map((node) => node.getModuleSpecifierValue())
    .filter((specifier) => specifier !== undefined)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => posix.join(posix.dirname(path), specifier))
    .filter((target) => !target.startsWith('..'));
}

function scopesOf(source: SourceFile): Scope[] {
  return source.getStatements().flatMap((statement): Scope[] => {
    if (Node.isFunctionDeclaration(statement)) {
      return statement.hasBody() ? [{ name: statement.getNameOrThrow(), node: statement }] : [];
    }
    if (!Node.isVariableStatement(statement)) return [];
    return statement.getDeclarations().map((node) => ({ name: node.getName(), node }));
  });
}
