// SPDX-License-Identifier: GPL-2.0-only
// What if a tree has moved on since a patch was made? The patch names the blobs that it was made
// for. If git has them, the patch is applied there and merged, as `git am -3` does; nothing is
// written to the tree or fetched.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ThreeWay } from '../patch/apply.ts';

const BYTES_MAX = 8 * 2 ** 20;
/** Seven digits are the fewest that git prints. */
const BLOB = /^(?!0+$)[0-9a-f]{7,64}$/;

/** By the git repository that a folder lies in, if it does. */
export function threeWayOf(folder: string): ThreeWay {
  return {
    blob: (id) =>
      BLOB.test(id) ? git('-C', folder, '-c', 'core.fsmonitor=', 'cat-file', 'blob', id) : null,
    merge: merged,
  };
}

/** Null if it fails: there is no git, no repository, no such object, or a conflict. */
function git(...args: string[]): string | null {
  try {
    return execFileSync('git', args, {
      encoding: 'utf8',
      maxBuffer: BYTES_MAX,
      stdio: ['ignore', 'pipe', 'ignore'],
      // A partial clone would fetch what it lacks.
      env: { ...process.env, GIT_NO_LAZY_FETCH: '1', GIT_CONFIG_NOSYSTEM: '1' },
    });
  } catch {
    return null;
  }
}

function merged(base: string, ours: string, theirs: string): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-merge-'));
  try {
    const files = Object.entries({ ours, base, theirs }).map(([name, text]) => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    });
    return git('merge-file', '-p', '-q', ...files);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
