// SPDX-License-Identifier: GPL-2.0-only
// Do names lead where they say? Functions of an era, paths of the kernel, folders of the map,
// titles.

import { posix } from 'node:path';
import { code, isPort, nodesOf, type Rule, type Source, ts } from './source.ts';

const eraOf = ({ path }: Source) => path.split('/')[1]!;

/** Ids of mutants carry a function's name and no path. */
export const uniqueFunctions: Rule = (sources) => {
  const first = new Map<string, string>();
  const findings: string[] = [];
  for (const source of code(sources).filter(isPort)) {
    for (const node of source.tree!.statements) {
      if (!ts.isFunctionDeclaration(node) || node.name === undefined) continue;
      const key = `${eraOf(source)} ${node.name.text}`;
      const other = first.get(key);
      if (other !== undefined) findings.push(`${source.path}: ${key} is also in ${other}`);
      else first.set(key, source.path);
    }
  }
  return findings;
};

/** The kernel's path of a port's file: `x86.h.ts` is x86.h, headers lie under include/. */
export function kernelPath(path: string): string {
  const inside = path.split('/').slice(2).join('/').replace(/\.ts$/, '');
  if (inside.endsWith('.h')) return inside;
  return /(^|\/)include\//.test(inside) ? `${inside}.h` : `${inside}.c`;
}

/** A comment that names a kernel path first, at the head of a file or of a function. */
const NAMED = /^(?:\/\/|\/\*\*|\s\*) ((?:[\w.]+\/)+[\w.]+\.[ch])(?: \((v\d+\.\d+)\)|:)/gm;

/** The path is the key: a comment that names another one sends its reader elsewhere. */
export const kernelPaths: Rule = (sources) =>
  sources.filter(isPort).flatMap((source) => {
    const expected = kernelPath(source.path);
    const named = [...source.text.matchAll(NAMED)];
    if (named.length === 0) return [`${source.path}: no comment names ${expected}`];
    return named
      .filter(([, path, era]) => path !== expected || (era ?? eraOf(source)) !== eraOf(source))
      .map(([text]) => `${source.path}: ${text.trim()}, not ${expected}`);
  });

/** Every operator has a test of its own; every regression says which commit it is. */
export const mutantsAreShown: Rule = (sources) => {
  const paths = new Set(sources.map(({ path }) => path));
  const golden = sources.find(({ path }) => path === 'mutants/golden/all-mutants.txt')?.text ?? '';
  const makers = code(sources).filter(({ path }) =>
    /^mutants\/(operators|history)\/(?!.*\.test\.ts)/.test(path),
  );
  return makers.flatMap((source) => {
    const name = posix.basename(source.path, '.ts');
    const findings: string[] = [];
    const isOperator = source.path.startsWith('mutants/operators/');
    if (!source.lines[1]?.startsWith('// ')) findings.push(`${source.path}: says no idea`);
    if (!golden.includes(`/${name}`)) findings.push(`${source.path}: makes no mutant`);
    if (isOperator && !paths.has(source.path.replace(/\.ts$/, '.test.ts')))
      findings.push(`${source.path}: has no test`);
    if (!isOperator && !/[0-9a-f]{12}|not confirmed/.test(source.text))
      findings.push(`${source.path}: names no commit`);
    return findings;
  });
};

/** Titles and rows of Markdown do not stand in blocks of code. */
const withoutBlocks = (text: string) => text.replace(/^```[\s\S]*?^```/gm, '');

export const oneTitle: Rule = (sources) =>
  sources
    .filter(({ path }) => path.endsWith('.md'))
    .flatMap(({ path, text }) => {
      const titles = withoutBlocks(text).match(/^# .+$/gm) ?? [];
      const isFirst = text.startsWith('# ');
      return titles.length === 1 && isFirst ? [] : [`${path}: ${titles.length} titles`];
    });

/**
 * Rows of the map: a folder that ends in a slash, what it holds, `planned` if it is not there yet.
 */
export function folderMap(document: string): { folder: string; isPlanned: boolean }[] {
  const [, block = ''] = document.split(/^## Folders$[\s\S]*?^```text$/m);
  const rows = block.split('```')[0]!.match(/^\S+\/ .*$/gm);
  if (rows === null) throw new Error('the document has no map of folders');
  return rows.map((row) => ({
    folder: row.split(' ')[0]!,
    isPlanned: row.includes('(planned)'),
  }));
}

/**
 * The folder that a file counts for: what lies below an era, goldens and fixtures are their
 * owner's.
 */
function folderOf(path: string): string {
  const folder = `${posix.dirname(path)}/`;
  const era = /^reference\/v[^/]+\//.exec(folder)?.[0];
  return era ?? folder.replace(/(golden|fixtures|expected)\/.*$/, '');
}

export function mapRule(document: string): Rule {
  return (sources) => {
    const map = folderMap(document);
    const folders = new Set(
      sources.map(({ path }) => folderOf(path)).filter((folder) => folder !== './'),
    );
    const pattern = (folder: string) =>
      new RegExp(`^${folder.replaceAll('.', '\\.').replace(/<\w+>/g, '[^/]+')}$`);
    const isMapped = (folder: string) =>
      map.some((row) => !row.isPlanned && pattern(row.folder).test(folder));
    const exists = (row: string) => [...folders].some((folder) => pattern(row).test(folder));
    return [
      ...[...folders].filter((folder) => !isMapped(folder)).map((f) => `${f} is not on the map`),
      ...map
        .filter(({ folder, isPlanned }) => exists(folder) === isPlanned)
        .map(({ folder, isPlanned }) => `${folder} is ${isPlanned ? 'there' : 'not there'}`),
    ];
  };
}

/** Programs are started with a list of arguments, never with a line for a shell. */
export const noShell: Rule = (sources) =>
  code(sources).flatMap((source) =>
    nodesOf(source).flatMap((node) => {
      const isImported = ts.isImportSpecifier(node) && /^(exec|execSync)$/.test(node.name.text);
      const isOption =
        ts.isPropertyAssignment(node) &&
        node.name.getText() === 'shell' &&
        node.initializer.kind !== ts.SyntaxKind.FalseKeyword;
      return isImported || isOption ? [`${source.path}: starts a shell`] : [];
    }),
  );
