// SPDX-License-Identifier: GPL-2.0-only
// Do the ports differ where the kernel changed, and nowhere else?

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { ts } from 'ts-morph';
import { expect, test } from 'vitest';
import { ERAS } from './eras.ts';

const REFERENCE = new URL('./', import.meta.url);

interface PortFile {
  /** Below the folder of the era, such as `virt/kvm/kvm_main.ts`. */
  readonly path: string;
  /** Text of each declaration by its name, in one layout and without comments. */
  readonly declarations: ReadonlyMap<string, string>;
  /** Files below reference/ that it imports. */
  readonly imports: readonly string[];
}

const printer = ts.createPrinter({ removeComments: true });

/** The names that a statement declares, each with the text that declares it. */
function declared(statement: ts.Statement, source: ts.SourceFile): [string, string][] {
  const text = (node: ts.Node) => printer.printNode(ts.EmitHint.Unspecified, node, source);
  if (ts.isFunctionDeclaration(statement)) return [[statement.name!.text, text(statement)]];
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.map((d) => [d.name.getText(source), text(d)]);
}

function readEra(era: string): PortFile[] {
  const root = new URL(`${era}/`, REFERENCE);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => {
      const text = readFileSync(new URL(path, root), 'utf8');
      const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2024, true);
      const declarations = new Map(source.statements.flatMap((s) => declared(s, source)));
      const imports = source.statements
        .filter((s) => ts.isImportDeclaration(s))
        .map((s) => (s.moduleSpecifier as ts.StringLiteral).text)
        .filter((name) => name.startsWith('.'))
        .map((name) => normalize(join(era, dirname(path), name)));
      return { path, declarations, imports };
    });
}

/** The names that differ between a file and the file that it took the place of. */
function differences(before: PortFile | undefined, after: PortFile): string[] {
  const names = new Set([...(before?.declarations.keys() ?? []), ...after.declarations.keys()]);
  return [...names].filter(
    (name) => before?.declarations.get(name) !== after.declarations.get(name),
  );
}

const [oldest, ...later] = ERAS;

/** The eras before this one, the youngest first. */
function before(era: string): readonly PortFile[][] {
  const at = ERAS.findIndex(({ name }) => name === era);
  return ERAS.slice(0, at)
    .reverse()
    .map(({ name }) => readEra(name));
}

/** The file that one of this path takes the place of: of the youngest era that has it. */
function replacedBy(path: string, eras: readonly PortFile[][]): PortFile | undefined {
  return eras.flatMap((files) => files.filter((file) => file.path === path))[0];
}

test.each(later)(
  'the port of $name differs from the era before exactly where the kernel did',
  ({ name, changed }) => {
    const older = before(name);
    const found = readEra(name).flatMap((file) => differences(replacedBy(file.path, older), file));
    expect(found.sort()).toEqual([...changed].sort());
  },
);

test.each(later)(
  'a file stands in $name only if it changed or imports a file that did',
  ({ name }) => {
    const older = before(name);
    const needless = readEra(name).filter((file) => {
      const changed = differences(replacedBy(file.path, older), file).length > 0;
      return !changed && !file.imports.some((path) => path.startsWith(`${name}/`));
    });
    expect(needless.map(({ path }) => path)).toEqual([]);
  },
);

test.each(later)(
  'no file that $name takes from an older era imports a file that it replaces',
  ({ name }) => {
    const own = readEra(name);
    const replaced = new Set(own.map(({ path }) => path));
    const stale: string[] = [];
    const seen = new Set<string>();
    const visit = (from: string, path: string): void => {
      const [era, ...rest] = path.split('/');
      if (era === name) return;
      if (replaced.has(rest.join('/'))) stale.push(`${from} imports ${path}`);
      if (seen.has(path)) return;
      seen.add(path);
      const file = readEra(era!).find((f) => f.path === rest.join('/'));
      for (const next of file!.imports) visit(path, next);
    };
    for (const file of own) for (const path of file.imports) visit(`${name}/${file.path}`, path);
    expect(stale).toEqual([]);
  },
);

test.each(ERAS)('function names are unique in $name', ({ name }) => {
  const names = readEra(name).flatMap(({ declarations }) => [...declarations.keys()]);
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((one, i) => names.indexOf(one) !== i)).toEqual([]);
});

test('eras are listed from old to new, and only the oldest has no changes', () => {
  const minor = ERAS.map(({ name }) => Number(name.split('.')[1]));
  expect(minor).toEqual([...minor].sort((a, b) => a - b));
  expect(oldest!.changed).toEqual([]);
  expect(later.filter(({ changed }) => changed.length === 0)).toEqual([]);
});
