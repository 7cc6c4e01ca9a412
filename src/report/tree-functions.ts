// SPDX-License-Identifier: GPL-2.0-only
// What of a tree would run, and what stands in its place? The honesty list whole, with the lines of
// the functions.

import type { LoadedTree } from '../c/load.ts';
import { schemaOf, TOOL } from './schema.ts';
import { honestyLines } from './tree-check.ts';

export function functionsText(name: string, { profile, honesty }: LoadedTree): string {
  return [
    `${name}\nprofile ${profile.name} (${profile.kernels}), found by the shape of functions`,
    honesty.real.join('\n'),
    honestyLines(honesty).join('\n'),
  ]
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
