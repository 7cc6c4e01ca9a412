// SPDX-License-Identifier: GPL-2.0-only
// Which kernel was a port written from? Hashes of the tokens of its functions and macros, made anew
// from a tree of that kernel and held against those that are recorded, or recorded.

import { writeFileSync } from 'node:fs';
import { folderFiles } from '../src/cli/tree-files.ts';
import { recorded, type WrittenFrom, writtenFrom } from '../src/lab/tree/drift.ts';
import type { EraName } from '../src/vocabulary.ts';

/** Prints what differs; the number of differences. With a release the record is written instead. */
export function fingerprints(
  era: EraName,
  folder: string,
  kernel: string | null,
  print: (text: string) => void,
): number {
  const read = folderFiles(folder);
  if (kernel !== null) {
    const made = writtenFrom(era, kernel, read);
    const path = new URL(`../reference/written-from/${era}.json`, import.meta.url);
    writeFileSync(path, `${JSON.stringify(made, null, 2)}\n`);
    print(`${count(made)} hashes of ${kernel} are recorded for the port of ${era}`);
    return 0;
  }
  const known = recorded(era);
  if (known === null) {
    print(`nothing is recorded for the port of ${era}`);
    return 1;
  }
  const made = writtenFrom(era, known.kernel, read);
  const differing = Object.entries(known.files).flatMap(([file, own]) =>
    Object.entries(own)
      .filter(([name, hash]) => made.files[file]?.[name] !== hash)
      .map(([name]) => `${file}: ${name}`),
  );
  for (const line of differing) print(line);
  print(`${count(known)} hashes of ${known.kernel}, ${differing.length} of which differ`);
  return differing.length;
}

const count = ({ files }: WrittenFrom) =>
  Object.values(files).reduce((sum, own) => sum + Object.keys(own).length, 0);
