// SPDX-License-Identifier: GPL-2.0-only
// Where do the files of a kernel tree come from? From a folder, or from a revision of a git
// repository without a work tree. Only what is named is read, and nothing that a link leads out to.

import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { UserError } from '#user-error';
import type { Read } from '../c/profiles/shape.ts';

/** A larger file is no file of KVM. */
const BYTES_MAX = 8 * 2 ** 20;

/** Reads files below a folder. Throws a UserError if there is no such folder. */
export function folderFiles(folder: string): Read {
  let root: string;
  try {
    root = realpathSync(folder);
    if (!statSync(root).isDirectory()) throw new Error('it is no folder');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(`--tree ${folder}: ${code === 'ENOENT' ? 'it is not there' : message}`);
  }
  return remembered((path) => {
    let real: string;
    try {
      real = realpathSync(join(root, path));
    } catch {
      return null;
    }
    if (!real.startsWith(root + sep)) throw new UserError(`${path} leads out of the tree`, 3);
    const { size } = statSync(real);
    if (size > BYTES_MAX) throw new UserError(`${path} has ${size} bytes: too many for C`, 3);
    return readFileSync(real, 'utf8');
  });
}

/** Reads files of a revision. Throws a UserError if git does not know it. */
export function revisionFiles(folder: string, revision: string): Read {
  if (!/^[\w./~^@{}-]+$/.test(revision) || revision.startsWith('-'))
    throw new UserError('--rev takes the name of a revision, such as v6.12 or HEAD~1');
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, ...args], {
      encoding: 'utf8',
      maxBuffer: BYTES_MAX,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  let commit: string;
  try {
    commit = git('rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`).trim();
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new UserError(
      isMissing
        ? '--rev needs git, which is not there'
        : `--rev ${revision}: git knows no such commit in ${folder}`,
    );
  }
  return remembered((path) => {
    try {
      return git('cat-file', 'blob', `${commit}:${path}`);
    } catch {
      return null;
    }
  });
}

/** Reads each file once. */
function remembered(read: Read): Read {
  const known = new Map<string, string | null>();
  return (path) => {
    let text = known.get(path);
    if (text === undefined) {
      text = read(path);
      known.set(path, text);
    }
    return text;
  };
}
