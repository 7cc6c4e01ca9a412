// SPDX-License-Identifier: GPL-2.0-only
// Is it said that a kernel was skipped where it cannot be had? Nothing is fetched here.

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const TREES = fileURLToPath(new URL('trees.ts', import.meta.url));
const NODE = process.execPath;

/** Runs it in an empty folder, where only these tools are found. */
function runWith(tools: Readonly<Record<string, string>>): { text: string; status: number | null } {
  const folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-trees-'));
  try {
    for (const [name, script] of Object.entries(tools)) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(folder, name), 0o755);
    }
    const { stdout, status } = spawnSync(NODE, [TREES], {
      cwd: folder,
      env: { PATH: folder },
      encoding: 'utf8',
    });
    const left = readdirSync(folder).filter((name) => !(name in tools) && name !== '.cache');
    expect(left).toEqual([]);
    return { text: stdout, status };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const SKIPPED = (why: string) =>
  `linux-source-6.1: skipped (${why})\nlinux-source-6.12: skipped (${why})\n`;

test('without apt both are skipped, which is no pass', () => {
  expect(runWith({})).toEqual({ text: SKIPPED('apt-cache is not there'), status: 4 });
});

test('so they are where apt knows no such package', () => {
  const { text, status } = runWith({ 'apt-cache': 'exit 0' });
  expect(text).toBe(SKIPPED('apt knows no such package; apt-get update may help'));
  expect(status).toBe(4);
});

test('what apt says last is the reason, and nothing is left behind', () => {
  const { text, status } = runWith({
    'apt-cache': `echo "$2:"; echo "  Candidate: 1.2-3"`,
    'apt-get': 'echo "E: no network" >&2; exit 100',
  });
  const fetching = 'fetching the package by apt, and unpacking what is needed';
  expect(text).toBe(
    ['6.1', '6.12']
      .flatMap((release) => [
        `linux-source-${release} 1.2-3: ${fetching}`,
        `linux-source-${release}: skipped (E: no network)`,
        '',
      ])
      .join('\n')
      .replaceAll('\n\n', '\n'),
  );
  expect(status).toBe(4);
});
