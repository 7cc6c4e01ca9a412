// SPDX-License-Identifier: GPL-2.0-only
// What does a user of `conform` see where nothing can be booted?

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const ENTRY = fileURLToPath(new URL('../src/cli/kvm-mutants.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-conform-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('conform says what is missing, and counts that neither as a pass nor as a failure', () => {
  const options = { encoding: 'utf8', cwd: folder, env: { PATH: '' } } as const;
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [ENTRY, 'conform', ...args], options);
  const { status, stdout, stderr } = run();
  expect({ status, stderr }).toEqual({ status: 4, stderr: '' });
  expect(stdout).toMatch(/^skipped: .*\n$/);
  const document = JSON.parse(run('--json').stdout);
  expect(document).toMatchObject({ counts: { kernels: 0 }, kernels: [] });
  expect(document.skipped).toHaveLength(1);
  expect(run('--seeds', '0').status).toBe(2);
});
