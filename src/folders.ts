// SPDX-License-Identifier: GPL-2.0-only
// How is a folder made that a user named?

import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it; one that is there stays as it is. Throws what the system says,
 * also below /proc, where mkdir() with `recursive` of Node 24 tries for ever: a folder is refused
 * there with ENOENT although the one above it is there.
 */
export function makeFolder(path: string): void {
  const above = dirname(path);
  if (mkdirOr(path, ['ENOENT']) || above === path) return;
  makeFolder(above);
  mkdirOr(path, []);
}

/** False if it ends with one of these errors. Somebody else may make the folder meanwhile. */
function mkdirOr(path: string, errors: readonly string[]): boolean {
  try {
    mkdirSync(path);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (errors.includes(code)) return false;
    if (code !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
  }
  return true;
}
