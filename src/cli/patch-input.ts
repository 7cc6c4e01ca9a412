// SPDX-License-Identifier: GPL-2.0-only
// Where do patches come from? Files, folders of git format-patch, standard input, or a range of
// commits, which git is asked for: without a shell, and without what a repository may configure.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '#user-error';
import { LIMITS } from '../patch/limits.ts';
import { type ReadOptions, readPatches } from '../patch/read.ts';
import type { Patch } from '../patch/values.ts';
import { shorten } from './names.ts';

const STDIN = '-';

/**
 * Patches of all arguments in order; of standard input if there are none. Throws a UserError for
 * what cannot be opened; what cannot be read is among the problems of its patch.
 */
export function patchesFrom(args: readonly string[], options: ReadOptions = {}): Patch[] {
  const inputs = args.length === 0 ? [STDIN] : args;
  return inputs.flatMap((input) => patchesOf(input, options));
}

function patchesOf(input: string, options: ReadOptions): Patch[] {
  if (input === STDIN) return readPatches(standardInput(), 'standard input', options);
  if (input.startsWith('-') || input === '') {
    throw new UserError(`'${shorten(input)}' is no name of a file or of commits`);
  }
  const found = statSync(input, { throwIfNoEntry: false });
  if (found === undefined) return readPatches(fromGit(input), input);
  if (!found.isDirectory()) return readPatches(fileBytes(input), input, options);
  const files = readdirSync(input)
    .filter((name) => /\.(patch|diff|eml|mbox|mbx)$/i.test(name))
    .sort();
  if (files.length === 0) throw new UserError(`${input}: there is no patch in this folder`, 3);
  return files.flatMap((name) => {
    const path = join(input, name);
    return readPatches(fileBytes(path), path, options);
  });
}

function standardInput(): Uint8Array {
  if (process.stdin.isTTY) {
    throw new UserError('a patch is expected on standard input, or as an argument');
  }
  return fileBytes(0);
}

function fileBytes(file: string | 0): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    const name = file === 0 ? 'standard input' : file;
    throw new UserError(`${name} cannot be read: ${(error as Error).message}`, 3);
  }
}

/** A repository may configure what its diffs look like and what runs beside git; not for us. */
const SETTINGS = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'diff.noprefix=false',
  'diff.mnemonicPrefix=false',
  'format.attach=',
  'color.ui=false',
].flatMap((setting) => ['-c', setting]);

/** The patches of a range such as `HEAD~3..`, or of one commit, as an mbox. */
function fromGit(range: string): Uint8Array {
  const one = range.includes('..') ? [] : ['-1'];
  const how = ['--stdout', '-M', '--full-index', '--no-ext-diff', '--no-textconv', ...one];
  const args = ['--no-pager', ...SETTINGS, 'format-patch', ...how, '--end-of-options', range, '--'];
  let bytes: Uint8Array;
  try {
    bytes = execFileSync('git', args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: LIMITS.bytes,
      env: { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
    });
  } catch (error) {
    throw new UserError(
      `'${shorten(range)}' is no file, and git has no such commits: ${why(error)}`,
    );
  }
  if (bytes.length > 0) return bytes;
  throw new UserError(`there is no commit in '${shorten(range)}'`, 3);
}

function why(error: unknown): string {
  const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: Uint8Array };
  if (code === 'ENOENT') return 'git is not installed';
  const lines = Buffer.from(stderr ?? [])
    .toString('utf8')
    .split('\n');
  return lines.find((line) => /^(fatal|error): /.test(line)) ?? String(code);
}
