// SPDX-License-Identifier: GPL-2.0-only
// How does a tree come to a worker thread? As the texts of the files that were asked for: nobody
// reads a disk twice, and a file that is written meanwhile makes no difference.

import type { Read } from '../../c/profiles/shape.ts';

/** Texts by path; null is a file that is not there. */
export type TreeFiles = ReadonlyMap<string, string | null>;

export interface KeptFiles {
  readonly read: Read;
  /** What was read so far. */
  readonly files: TreeFiles;
}

/** Reads as before, and keeps what was read. */
export function keptFiles(read: Read): KeptFiles {
  const files = new Map<string, string | null>();
  return {
    files,
    read: (path) => {
      let text = files.get(path);
      if (text === undefined) {
        text = read(path);
        files.set(path, text);
      }
      return text;
    },
  };
}

/** Reads what was kept. */
export function readKept(files: TreeFiles): Read {
  return (path) => files.get(path) ?? null;
}
