// SPDX-License-Identifier: GPL-2.0-only
// Where is the miniature kernel of a profile? In test/fixtures/trees/, in layers: a folder holds a
// file only if these kernels have it in another shape than those before.

import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TREES = fileURLToPath(new URL('fixtures/trees', import.meta.url));

/** Oldest first; each is called like its profile, but for the `+`. */
export const MINIATURES = [
  'v3.12',
  'v3.19',
  'v4.2',
  'v5.1',
  'v5.4',
  'v5.7',
  'v5.14',
  'v5.17',
] as const;

export type Miniature = (typeof MINIATURES)[number];

const MAIN = 'virt/kvm/kvm_main.c';
const WAIT = '\tsynchronize_srcu_expedited(&kvm->srcu);\n';
/** What makes a number one at rest again. */
const LAST_STORE = /\tslots->generation(\+\+| \+= [^;]+| = gen);\n/;

/** Makes the whole tree of a miniature kernel in a folder, which it returns. */
export function makeMiniature(name: Miniature, folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const layer of MINIATURES.slice(0, MINIATURES.indexOf(name) + 1))
    cpSync(join(TREES, layer), folder, { recursive: true });
  return folder;
}

/**
 * The mistake that 3.17 mended: the number of the new slots is final before those who look at the
 * old ones have left.
 */
export function storeTooEarly(folder: string): string {
  edit(folder, MAIN, (text) => {
    const store = LAST_STORE.exec(text)?.[0] ?? '';
    if (text.split(WAIT).length !== 2 || store === '')
      throw new Error(`${folder}: no such install`);
    return text.replace(WAIT, '').replace(store, store + WAIT);
  });
  return folder;
}

/** Changes a file of a tree. */
export function edit(folder: string, path: string, change: (text: string) => string): void {
  const file = join(folder, path);
  const before = readFileSync(file, 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`${path} is not changed`);
  writeFileSync(file, after);
}
