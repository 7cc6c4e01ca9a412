// SPDX-License-Identifier: GPL-2.0-only
// Where does a command write? Results to stdout or to the file of -o, progress to a terminal's
// stderr, files by a rename, so that a reader finds the old file or the new one and never half of
// it.

import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UserError } from '#user-error';

export interface Output {
  /** Writes a result. Text must end with a line end. */
  readonly result: (text: string) => void;
  /** Shows how far the work is, on a terminal only; an empty text wipes it away. */
  readonly progress: (text: string) => void;
  /** Says something about the result that is no part of it. */
  readonly note: (text: string) => void;
  /** Writes what was collected for -o. */
  readonly close: () => void;
}

export function outputOf(file: string | undefined, isQuiet: boolean): Output {
  const collected: string[] = [];
  const isFile = file !== undefined && file !== '-';
  const isTerminal = process.stderr.isTTY === true && !isQuiet;
  return {
    result: (text) => {
      if (isFile) collected.push(text);
      else process.stdout.write(text);
    },
    progress: (text) => {
      if (isTerminal) process.stderr.write(`\r\x1b[K${text}`);
    },
    note: (text) => {
      if (!isQuiet) process.stderr.write(text);
    },
    close: () => {
      if (isFile) writeFile(file, collected.join(''));
    },
  };
}

/** Writes a file and the folders above it. Throws a UserError if it cannot be written. */
export function writeFile(path: string, text: string): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new UserError(`${path} cannot be written: ${(error as Error).message}`);
  }
}
