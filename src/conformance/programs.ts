// SPDX-License-Identifier: GPL-2.0-only
// How are other programs started? With a list of arguments, never through a shell, in an
// environment that has only what they need.

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { UserError } from '#user-error';
import { Skipped } from './skipped.ts';

/** Largest output that is read, in bytes. */
const OUTPUT_MAX = 1 << 26;

/** Debian's package of each program that is used. */
const PACKAGES: Readonly<Record<string, string>> = {
  'qemu-system-x86_64': 'qemu-system-x86',
  gcc: 'gcc and libc6-dev',
  'apt-get': 'apt (or run where the cache was filled)',
  'apt-cache': 'apt (or run where the cache was filled)',
  'dpkg-deb': 'dpkg',
  make: 'make',
  tar: 'tar',
};

export interface Started {
  readonly folder?: string;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which it is ended. */
  readonly limit?: number;
  /** Where all that it said is kept if it fails. */
  readonly log?: string;
}

/** The environment of every program: texts that do not depend on the user's language. */
export function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, TMPDIR, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
}

/**
 * What a program prints. Rejects with Skipped if it is not installed, and with a UserError, which
 * ends with the last line of what it said, if it fails.
 */
export function outputOf(
  program: string,
  args: readonly string[],
  { folder = '.', signal, limit = 600_000, log }: Started = {},
): Promise<string> {
  const options = {
    cwd: folder,
    env: environment(),
    maxBuffer: OUTPUT_MAX,
    timeout: limit,
    encoding: 'latin1' as const,
    ...(signal === undefined ? {} : { signal }),
  };
  return new Promise((resolve, reject) => {
    execFile(program, [...args], options, (error, output, errors) => {
      if (error === null) resolve(output);
      else if (error.code === 'ENOENT') reject(new Skipped(missing(program)));
      else {
        if (log !== undefined) writeFileSync(log, `${output}\n${errors}`, 'latin1');
        const where = log === undefined ? '' : `; its log is ${log}`;
        reject(new UserError(`${program} failed: ${lastLine(errors)}${where}`, 3));
      }
    });
  });
}

/** What the user reads if a program is not there. */
export function missing(program: string): string {
  return `${program} is not installed: install ${PACKAGES[program] ?? program}`;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 300) || 'it said nothing';
}
