// SPDX-License-Identifier: GPL-2.0-only
// Is a patch applied that was made for another state of the tree, as git would, and is it said
// what is missing where it is not?

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { applyPatch } from '../patch/apply.ts';
import { readPatches } from '../patch/read.ts';
import { threeWayOf } from './three-way.ts';

const folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-three-way-'));
afterAll(() => rmSync(folder, { recursive: true }));
const git = (...args: string[]) =>
  execFileSync(
    'git',
    ['-C', folder, '-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args],
    {
      encoding: 'utf8',
    },
  );

const LINES = Array.from({ length: 30 }, (_, i) => `int line_${i};\n`);
const textWith = (changes: Readonly<Record<number, string>>) =>
  LINES.map((line, i) => changes[i] ?? line).join('');

git('init', '-q', '.');
writeFileSync(join(folder, 'a.c'), textWith({}));
git('add', 'a.c');
git('commit', '-qm', 'base');
writeFileSync(join(folder, 'a.c'), textWith({ 10: 'int patched;\n' }));
const diff = git('diff');
const [patch] = readPatches(new TextEncoder().encode(diff), 'a test');
const apply = (ours: string, repository = folder) =>
  applyPatch(patch!, () => ours, threeWayOf(repository));
/** A line of the context, which the patch itself leaves alone. */
const MOVED = { 8: 'int other;\n' };

test('context that has changed since is merged, and it is said from which blob', () => {
  const { files, errors, merged } = apply(textWith(MOVED));
  expect(errors).toEqual([]);
  expect(files.get('a.c')).toBe(textWith({ ...MOVED, 10: 'int patched;\n' }));
  expect(merged).toEqual([{ path: 'a.c', blob: patch!.files[0]!.oldBlob }]);
});

test('a patch that applies as it stands is not merged', () => {
  expect(apply(textWith({ 25: 'int far;\n' })).merged).toEqual([]);
});

test('lines that both changed are a conflict, with the blob named', () => {
  const { files, errors } = apply(textWith({ 10: 'int mine;\n' }));
  expect(files.size).toBe(0);
  expect(errors).toEqual([
    `a.c: since blob ${patch!.files[0]!.oldBlob} the tree has changed the same lines`,
  ]);
});

test('a blob that git has not got is named', () => {
  const { errors } = apply(textWith(MOVED), tmpdir());
  expect(errors.at(-1)).toContain(`blob ${patch!.files[0]!.oldBlob}, which git has not got`);
});

test('what is no id of a blob is never asked for', () => {
  for (const id of ['--help', '', '0000000', 'HEAD:a.c', 'abc'])
    expect(threeWayOf(folder).blob(id)).toBe(null);
});
