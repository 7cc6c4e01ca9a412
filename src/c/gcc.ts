// SPDX-License-Identifier: GPL-2.0-only
// What does gcc make of the same C? Texts are compiled into one program, once, in a folder that is
// removed again; the program prints one line a call. Only for C that the user asked to be compiled:
// it runs natively.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '#user-error';

const FLAGS = ['-O1', '-fwrapv', '-fno-strict-aliasing', '-fno-builtin', '-w', '-std=gnu11'];

/** True if there is a gcc to ask. */
export function hasGcc(): boolean {
  return spawnSync('gcc', ['--version'], { stdio: 'ignore' }).status === 0;
}

/**
 * Compiles units of C together and runs the program with its input; the lines that it prints.
 * Throws a UserError with what gcc says if they do not compile or the program does not end well.
 */
export function linesOfGcc(units: readonly string[], input: Uint8Array | string = ''): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-gcc-'));
  try {
    const names = units.map((text, i) => {
      writeFileSync(join(folder, `unit${i}.c`), text);
      return `unit${i}.c`;
    });
    const options = { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 } as const;
    const made = spawnSync('gcc', [...FLAGS, '-o', 'program', ...names], options);
    if (made.status !== 0) {
      const said =
        `${made.stderr}`.split('\n').find((line) => /error|undefined reference/.test(line)) ??
        'nothing';
      throw new UserError(`gcc does not compile the C: ${said}`, 3);
    }
    const run = spawnSync(join(folder, 'program'), [], { ...options, input, timeout: 120_000 });
    if (run.status !== 0) throw new UserError('the program that gcc made does not end well', 3);
    return run.stdout.split('\n').slice(0, -1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
