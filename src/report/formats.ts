// SPDX-License-Identifier: GPL-2.0-only
// Which formats of reports are there? Whatever lies in formats/: adding one adds a file and its
// test, and no list has to be kept.

import { readdirSync } from 'node:fs';
import type { Format } from './run-report.ts';

const FORMATS = new URL('./formats/', import.meta.url);

/** All formats, sorted by name. Throws if a file does not export one of its name. */
export async function loadFormats(): Promise<Format[]> {
  const files = readdirSync(FORMATS)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .sort();
  return Promise.all(
    files.map(async (file) => {
      const module = (await import(new URL(file, FORMATS).href)) as { readonly format?: Format };
      if (module.format?.name !== file.slice(0, -'.ts'.length)) {
        throw new Error(`src/report/formats/${file} exports no format of its name`);
      }
      return module.format;
    }),
  );
}
