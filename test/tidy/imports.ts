// SPDX-License-Identifier: GPL-2.0-only
// Does the code import what docs/ARCHITECTURE.md says it may? The table of the document is the
// rule.

import { posix } from 'node:path';
import { at, code, isTest, nodesOf, type Rule, type Source, ts } from './source.ts';

export interface ImportRow {
  /** A folder such as `src/lab/`, or a file, which may import this in addition. */
  readonly from: string;
  readonly may: readonly string[];
  readonly testsMay: readonly string[];
}

const EVERYTHING = 'everything';

/** Rows of the table whose head begins with `folder | may import`. Throws if there is none. */
export function importTable(document: string): ImportRow[] {
  const [, after = ''] = document.split(/^\| folder \| may import .*\n\|[-| ]+\n/m);
  const rows = /^(\|.*\n)*/.exec(after)![0].trim();
  if (rows === '') throw new Error('the document has no import table');
  return rows.split('\n').map((line) => {
    const [from = '', may = '', testsMay = ''] = line.split('|').slice(1);
    return { from: words(from)[0]!, may: words(may), testsMay: words(testsMay) };
  });
}

function words(cell: string): string[] {
  return cell.split(/[\s,`]+/).filter((word) => word !== '' && word !== '-');
}

/** The folder of the table that a file belongs to: `src/lab/`, `suites/`, or the file itself. */
export function areaOf(path: string): string {
  const [first, second] = path.split('/');
  if (path.split('/').length === 1) return path;
  if (first !== 'src') return `${first}/`;
  return path.split('/').length === 2 ? path : `src/${second}/`;
}

export interface Import {
  readonly node: ts.Node;
  readonly to: string;
}

/** What a file imports: a path in the repository, or the name of a package. */
export function importsOf(source: Source): Import[] {
  return nodesOf(source).flatMap((node) => {
    const written = specifierOf(node);
    return written === null ? [] : [{ node, to: resolved(source.path, written) }];
  });
}

function specifierOf(node: ts.Node): string | null {
  let specifier: ts.Node | undefined;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node))
    specifier = node.moduleSpecifier;
  else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    specifier = node.argument.literal;
  else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    specifier = node.arguments[0];
  return specifier !== undefined && ts.isStringLiteral(specifier) ? specifier.text : null;
}

function resolved(path: string, specifier: string): string {
  if (specifier.startsWith('#')) return `src/${specifier.slice(1)}.ts`;
  if (!specifier.startsWith('.')) return specifier;
  return posix.join(posix.dirname(path), specifier);
}

const isOurs = (to: string) => /^(src|reference|mutants|suites|test|bench)\//.test(to);

export function importRule(table: readonly ImportRow[]): Rule {
  return (sources) =>
    code(sources).flatMap((source) => {
      const area = areaOf(source.path);
      const rows = table.filter(({ from }) => from === area || from === source.path);
      const may = rows.flatMap((row) => [...row.may, ...(isTest(source) ? row.testsMay : [])]);
      return importsOf(source).flatMap(({ node, to }) => {
        if (!isOurs(to) || areaOf(to) === area || may.includes(EVERYTHING)) return [];
        if (may.includes(areaOf(to)) || may.includes(to)) return [];
        const text = rows.length === 0 ? 'has no row' : `may not import ${areaOf(to)}`;
        return [at(source, node, `${area} ${text}`)];
      });
    });
}

const NETWORK = /^(node:)?(http|https|http2|net|dgram|tls)$/;

/** The tool works offline. */
export const noNetwork: Rule = (sources) =>
  code(sources)
    .filter(({ path }) => path.startsWith('src/'))
    .flatMap((source) => [
      ...importsOf(source)
        .filter(({ to }) => NETWORK.test(to))
        .map(({ node, to }) => at(source, node, `network module ${to}`)),
      ...nodesOf(source)
        .filter((node) => ts.isIdentifier(node) && /^(fetch|WebSocket)$/.test(node.text))
        .filter((node) => !ts.isPropertyAccessExpression(node.parent))
        .map((node) => at(source, node, `network: ${node.getText(source.tree!)}`)),
    ]);

/** A file that nothing imports, names or starts is dead. */
export const noDeadFile: Rule = (sources) => {
  const used = new Set<string>();
  for (const source of code(sources)) {
    for (const { to } of importsOf(source)) used.add(to);
    for (const node of nodesOf(source)) {
      // `new URL('./worker.ts', import.meta.url)` and the like.
      if (ts.isStringLiteral(node) && /^[.\w/-]+\.[jt]s$/.test(node.text))
        used.add(resolved(source.path, `./${node.text}`));
    }
  }
  const started = sources
    .filter(({ path }) => ['package.json', 'stryker.conf.json'].includes(path))
    .map(({ text }) => text)
    .join('\n');
  return code(sources)
    .filter(({ path }) => !used.has(path) && !started.includes(path) && !isFound(path))
    .map(({ path }) => `${path}: nothing imports or starts it`);
};

/** Tests and configuration are found by vitest, values in these folders by a registry. */
const FOUND = [
  /\.test\.ts$/,
  /^\w+\.config\.ts$/,
  /^mutants\/(operators|history|controls)\//,
  /^suites\/[^/]+\//,
  /^reference\/systems\/v/,
  /^src\/explorer\/litmus\/(correct|wrong)\//,
  /^src\/report\/formats\//,
  /^src\/review\/(fixes|formats|rules|shapes)\//,
];
const isFound = (path: string) => FOUND.some((pattern) => pattern.test(path));
