// SPDX-License-Identifier: GPL-2.0-only

import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeFolder } from '#folders';

const folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-folders-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('folders above are made too, and one that is there stays', () => {
  const path = join(folder, 'a', 'b', 'c');
  makeFolder(path);
  makeFolder(path);
  expect(statSync(path).isDirectory()).toBe(true);
});

test('below a file there is no folder', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(() => makeFolder(join(file, 'x', 'y'))).toThrow('ENOTDIR');
  expect(() => makeFolder(file)).toThrow('EEXIST');
});

test.skipIf(!existsSync('/proc/self'))('where the system refuses it, it ends', () => {
  expect(() => makeFolder('/proc/kvm-mutants/x')).toThrow('ENOENT');
});
