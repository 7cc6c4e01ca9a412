// SPDX-License-Identifier: GPL-2.0-only
// How does our program get into the machine? It is compiled from probe/ into one file that needs
// nothing else, and kept under the hash of its source.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeFolder } from '#folders';
import { UserError } from '#user-error';
import { outputOf } from './programs.ts';
import { Skipped } from './skipped.ts';

const SOURCE = fileURLToPath(new URL('probe/', import.meta.url));
const FLAGS = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-static', '-pthread'];

/** The path of the compiled probe. Rejects with Skipped without a compiler. */
export async function compiledProbe(cache: string, signal?: AbortSignal): Promise<string> {
  const files = readdirSync(SOURCE).sort();
  const hash = createHash('sha256').update(FLAGS.join(' '));
  for (const file of files) hash.update(file).update(readFileSync(join(SOURCE, file)));
  const probe = join(cache, `probe-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(probe)) return probe;
  makeFolder(cache);
  const made = `${probe}.${process.pid}`;
  const sources = files.filter((file) => file.endsWith('.c')).map((file) => join(SOURCE, file));
  try {
    await outputOf('gcc', [...FLAGS, '-o', made, ...sources], { signal });
  } catch (error) {
    const isBare = error instanceof UserError && /cannot find|No such file/.test(error.message);
    if (isBare) throw new Skipped('gcc finds no C library: install libc6-dev');
    throw error;
  }
  renameSync(made, probe);
  return probe;
}
