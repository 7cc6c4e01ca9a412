// usage: node zz-changed.ts NEWROOT OLDROOT...  (youngest old first); prints names that differ
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { ts } from 'ts-morph';
const printer = ts.createPrinter({ removeComments: true });
function declared(statement: ts.Statement, source: ts.SourceFile): [string, string][] {
  const text = (node: ts.Node) => printer.printNode(ts.EmitHint.Unspecified, node, source);
  if (ts.isFunctionDeclaration(statement)) return [[statement.name!.text, text(statement)]];
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.map((d) => [d.name.getText(source), text(d)]);
}
function read(path: string): Map<string, string> {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2024, true);
  return new Map(source.statements.flatMap((s) => declared(s, source)));
}
const [root, ...old] = process.argv.slice(2) as [string, ...string[]];
const names: string[] = [];
for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((p) => p.endsWith('.ts'))) {
  const after = read(join(root, path));
  const where = old.find((o) => existsSync(join(o, path)));
  const before = where === undefined ? new Map<string, string>() : read(join(where, path));
  for (const n of new Set([...before.keys(), ...after.keys()])) if (before.get(n) !== after.get(n)) names.push(n);
}
names.sort();
console.log(names.map((n) => `  '${n}',`).join('\n'));
