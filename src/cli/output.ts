// SPDX-License-Identifier: GPL-2.0-only
// Where does a command write? Results to stdout or to the file of -o, progress to a terminal's
// stderr, files by a rename, so that a reader finds the old file or the new one and never half of
// it.

import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from '#folders';
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

/**
 * Where the result and all remarks go. Throws a UserError if `file` cannot become one: that is said
 * before the work, not after it.
 */
export function outputOf(file: string | undefined, isQuiet: boolean): Output {
  if (file === '') throw new UserError('-o needs the name of a file');
  if (file !== undefined && isFolder(file)) throw new UserError(`-o ${file}: this is a folder`);
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
      if (!isFile) return;
      const text = collected.join('');
      // A rename would put a file in the place of a pipe or of /dev/null.
      if (isSpecial(file)) attempt(file, () => writeFileSync(file, text));
      else writeFile(file, text);
    },
  };
}

function isSpecial(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === false;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Writes a file and the folders above it. Throws a UserError if it cannot be written. */
export function writeFile(path: string, text: string): void {
  writeFiles(new Map([[path, text]]));
}

/**
 * Writes files and the folders above them. All are on the disk before the first is put in its
 * place, so that a full disk leaves what was there. Calls `beforeRenames` in between. Throws a
 * UserError if one cannot be written.
 */
export function writeFiles(
  texts: ReadonlyMap<string, string>,
  beforeRenames: () => void = () => {},
): void {
  const written: { readonly path: string; readonly temporary: string }[] = [];
  try {
    for (const [path, text] of texts) {
      const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
      attempt(path, () => {
        makeFolder(dirname(path));
        written.push({ path, temporary });
        writeFileSync(temporary, text, { flush: true });
      });
    }
    beforeRenames();
    for (const { path, temporary } of written) attempt(path, () => renameSync(temporary, path));
  } finally {
    for (const { temporary } of written) removeIfPossible(temporary);
  }
}

/** What went wrong before is what the user must read. */
function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {}
}

/** What is wrong with the disk is no wrong use of the command. */
const DISK: readonly string[] = ['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'EROFS'];

function attempt(path: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    const { message, code = '' } = error as NodeJS.ErrnoException;
    const status = DISK.includes(code) ? 3 : 2;
    throw new UserError(`${path} cannot be written: ${message}`, status);
  }
}
