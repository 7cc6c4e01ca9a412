// SPDX-License-Identifier: GPL-2.0-only
// Is the mutated function the one that runs? A mutant that crashes at its first line must not live:
// if it does, mutants of that function are compared with themselves.

import type { Mutant } from '#mutation/mutant';
import type { LoadedTree } from '../../c/load.ts';
import { textOf } from './c-mutants.ts';

const BUG = ' BUG();';

/** The canary of a function that can be edited alone. */
export function canaryOf(tree: LoadedTree, name: string): Mutant {
  const of = textOf(tree, name)!;
  const { path, text } = of.file;
  // The head of a function holds no brace.
  const start = text.indexOf('{', of.start) + 1;
  return {
    id: `${name}/canary`,
    era: tree.system.era,
    kind: 'operator',
    name: 'canary',
    family: null,
    function: name,
    file: path,
    edits: [{ file: path, start, end: start, original: '', replacement: BUG }],
    description: 'it crashes at once',
    diff: '',
    sameAs: null,
  };
}
