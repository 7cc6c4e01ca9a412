// SPDX-License-Identifier: GPL-2.0-only
// What do the files of a folder export under one name? Each is named like what it exports, so that
// a folder is a registry, and no list has to be kept.

import { readdirSync } from 'node:fs';
import { MutationError } from '#mutation/mutant';

/** Sorted by the names of their files. Throws if a file does not export what it is named like. */
export async function modulesOf<T extends { readonly name: string }>(
  folder: URL,
  exported: string,
): Promise<T[]> {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .sort();
  return Promise.all(
    files.map(async (file) => {
      const url = new URL(file, folder);
      const module = (await import(url.href)) as Readonly<Record<string, T | undefined>>;
      const value = module[exported];
      if (value?.name !== file.slice(0, -'.ts'.length)) {
        const where = url.pathname.split('/').slice(-3).join('/');
        throw new MutationError(`${where} exports no ${exported} of its name`);
      }
      return value;
    }),
  );
}
