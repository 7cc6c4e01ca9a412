// SPDX-License-Identifier: GPL-2.0-only
// What is on the disk when writing fails half-way? What was there before, and nothing else.

import { spawn, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { UserError } from '#user-error';
import { outputOf, writeFile, writeFiles } from './output.ts';

const root = mkdtempSync(join(tmpdir(), 'kvm-mutants-output-'));
afterAll(() => rmSync(root, { recursive: true }));

let folders = 0;
function emptyFolder(): string {
  folders++;
  const folder = join(root, String(folders));
  mkdirSync(folder);
  return folder;
}

test('folders above a file are made, and an earlier file is replaced', () => {
  const folder = emptyFolder();
  const path = join(folder, 'a/b/c.txt');
  writeFile(path, 'old');
  writeFile(path, 'new');
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(readdirSync(join(folder, 'a/b'))).toEqual(['c.txt']);
});

test('if one file cannot be written none is replaced, and no half of one is left', () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, 'a.txt'), 'old');
  writeFileSync(join(folder, 'file'), '');
  const texts = new Map([
    [join(folder, 'a.txt'), 'new'],
    [join(folder, 'file/b.txt'), 'below a file there is no folder'],
  ]);
  let isBetween = false;
  const write = () =>
    writeFiles(texts, () => {
      isBetween = true;
    });
  expect(write).toThrow(UserError);
  expect(write).toThrow(/^\S+b\.txt cannot be written: /);
  expect(isBetween).toBe(false);
  expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('old');
  expect(readdirSync(folder).sort()).toEqual(['a.txt', 'file']);
});

test('what must go goes when all is written and before anything is in its place', () => {
  const folder = emptyFolder();
  const seen: string[][] = [];
  writeFiles(new Map([[join(folder, 'a.txt'), 'new']]), () => seen.push(readdirSync(folder)));
  expect(seen).toEqual([[`.a.txt.${process.pid}.tmp`]]);
  expect(readdirSync(folder)).toEqual(['a.txt']);
});

test('a pipe gets the result and stays a pipe', async () => {
  const folder = emptyFolder();
  const pipe = join(folder, 'pipe');
  spawnSync('mkfifo', [pipe]);
  const reader = spawn('cat', [pipe]);
  let read = '';
  reader.stdout.on('data', (data) => {
    read += data;
  });
  const output = outputOf(pipe, true);
  output.result('one\n');
  output.result('two\n');
  output.close();
  await new Promise((resolve) => reader.on('close', resolve));
  expect(read).toBe('one\ntwo\n');
  expect(statSync(pipe).isFIFO()).toBe(true);
  expect(readdirSync(folder)).toEqual(['pipe']);
});

test('what cannot become a file is refused before there is a result', () => {
  const folder = emptyFolder();
  expect(() => outputOf(folder, true)).toThrow(new UserError(`-o ${folder}: this is a folder`));
  expect(() => outputOf('', true)).toThrow(new UserError('-o needs the name of a file'));
});
