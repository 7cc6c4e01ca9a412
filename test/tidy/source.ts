// SPDX-License-Identifier: GPL-2.0-only
// What do the tidy rules look at? Files as git knows them, each parsed once.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { ts } from 'ts-morph';

export interface Source {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  /** Null for what is no TypeScript or JavaScript. */
  readonly tree: ts.SourceFile | null;
}

/** A rule: what is wrong, one text a finding. */
export type Rule = (sources: readonly Source[]) => string[];

const ROOT = new URL('../../', import.meta.url);

export function sourceOf(path: string, text: string): Source {
  const isCode = /\.[jt]s$/.test(path);
  const tree = isCode ? ts.createSourceFile(path, text, ts.ScriptTarget.ES2024, true) : null;
  return { path, text, lines: text.split('\n'), tree };
}

/** All files of the repository, but for lock files and binary ones. */
export function repository(): Source[] {
  const listed = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' });
  return listed
    .split('\0')
    .filter((path) => path !== '' && !path.endsWith('package-lock.json'))
    .filter((path) => existsSync(new URL(path, ROOT)))
    .map((path) => sourceOf(path, readFileSync(new URL(path, ROOT), 'utf8')));
}

/** A finding at a node. */
export function at(source: Source, node: ts.Node, text: string): string {
  const { line } = source.tree!.getLineAndCharacterOfPosition(node.getStart(source.tree!));
  return `${source.path}:${line + 1}: ${text}`;
}

/** Every node of a file, parents first. */
export function nodesOf({ tree }: Source): ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (node: ts.Node) => {
    found.push(node);
    ts.forEachChild(node, visit);
  };
  if (tree !== null) visit(tree);
  return found;
}

/** Files with statements: neither texts nor those of the text. */
export const code = (sources: readonly Source[]) => sources.filter(({ tree }) => tree !== null);

export const isPort = ({ path }: Source) => /^reference\/v\d/.test(path);

/** Tests, and what only tests and benches use. */
export const isTest = ({ path }: Source) =>
  path.endsWith('.test.ts') ||
  /^src\/explorer\/(litmus\/|random-)/.test(path) ||
  /^(test|bench)\//.test(path);

export { ts };
