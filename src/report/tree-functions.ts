// SPDX-License-Identifier: GPL-2.0-only
// What of a tree would run, and what stands in its place? The honesty list whole, with the lines of
// the functions.

import type { LoadedTree } from '../c/load.ts';
import { schemaOf, TOOL } from './schema.ts';
import { headText, honestyLines } from './tree-check.ts';

export function functionsText(name: string, tree: LoadedTree): string {
  const { honesty } = tree;
  return [headText(name, tree), honesty.real.join('\n'), honestyLines(honesty).join('\n')]
    .join('\n\n')
    .concat('\n');
}

export function functionsDocument(name: string, { profile, honesty, translation }: LoadedTree) {
  return {
    schema: schemaOf('functions'),
    tool: TOOL,
    tree: name,
    profile: profile.name,
    functions: translation.functions.map(({ name: called, file, line, fingerprint }) => ({
      name: called,
      file,
      line,
      fingerprint,
    })),
    honesty,
  };
}
