// SPDX-License-Identifier: GPL-2.0-only
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Cache, openCache, whileSound } from './cache.ts';

let folder: string;
let warnings: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-cache-'));
  warnings = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const key = (n: number) => createHash('sha256').update(String(n)).digest('hex');
const open = () => openCache(folder, (text) => warnings.push(text));
const files = () => readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
const known = (cache: Cache, count: number) =>
  Array.from({ length: count }, (_, n) => cache.get(key(n)));

/** A process that is gone: no system has so many. */
const DEAD = `${hostname().replace(/[^\w-]/g, '_')}~999999999~`;

/** Makes the only file of the folder one that a killed process left. */
function abandon(name: string): void {
  const own = files().find((file) => file.includes(`~${process.pid}~`))!;
  renameSync(join(folder, own), join(folder, `${DEAD}${name}.v1.jsonl`));
}

test('a value is known as soon as it is put, to this cache and to the next', () => {
  const cache = open();
  expect(cache.get(key(0))).toBeUndefined();
  cache.put([[key(0), { a: [1, 'b\n', null] }]]);
  expect(cache.get(key(0))).toEqual({ a: [1, 'b\n', null] });
  // Nobody has closed the first one: this is what a kill leaves.
  expect(open().get(key(0))).toEqual({ a: [1, 'b\n', null] });
  expect(warnings).toEqual([]);
});

test('a cache that only answered has written nothing', () => {
  open().close();
  expect(readdirSync(folder)).toEqual([]);
});

test('a line that a kill has torn is left out without a word, wherever it is torn', () => {
  const cache = open();
  cache.put([[key(0), 'first']]);
  cache.put([[key(1), 'second']]);
  cache.close();
  const [name] = files();
  const path = join(folder, name!);
  const whole = readFileSync(path);
  const second = whole.lastIndexOf('\n', whole.length - 2) + 1;
  for (const end of [whole.length - 1, whole.length - 9, second + 5, second]) {
    writeFileSync(path, whole.subarray(0, end));
    expect(known(open(), 2)).toEqual(['first', undefined]);
  }
  writeFileSync(path, whole.subarray(0, 7));
  expect(known(open(), 2)).toEqual([undefined, undefined]);
  expect(warnings).toEqual([]);
});

test('a damaged line is left out with a warning, and is gone after the run', () => {
  const cache = open();
  cache.put([[key(0), 'first']]);
  cache.put([[key(1), 'second']]);
  cache.close();
  const path = join(folder, files()[0]!);
  writeFileSync(path, readFileSync(path, 'utf8').replace('"first"', '"worst"'));
  appendFileSync(path, 'rubbish\n');
  abandon('damaged');
  const again = open();
  expect(known(again, 2)).toEqual([undefined, 'second']);
  expect(warnings).toEqual([
    '1 damaged lines of the cache are left out',
    'a damaged line of the cache is left out',
  ]);
  again.close();
  warnings.length = 0;
  expect(known(open(), 2)).toEqual([undefined, 'second']);
  expect(warnings).toEqual([]);
});

test('a file that is binary, huge or no file is left out with a warning', () => {
  writeFileSync(join(folder, 'a.v1.jsonl'), Buffer.from([0, 255, 10, 0, 1]));
  writeFileSync(join(folder, 'b.v1.jsonl'), '');
  truncateSync(join(folder, 'b.v1.jsonl'), 2 ** 29);
  mkdirSync(join(folder, 'c.v1.jsonl'));
  const cache = open();
  cache.put([[key(0), 'known']]);
  expect(cache.get(key(0))).toBe('known');
  expect(warnings).toHaveLength(3);
  expect(warnings[0]).toContain('is no cache file');
  expect(warnings[1]).toContain('is too long');
  expect(warnings[2]).toContain('cannot be read');
});

test('files of another version are not looked at', () => {
  writeFileSync(join(folder, 'all~x.v2.jsonl'), 'whatever');
  open().close();
  expect(warnings).toEqual([]);
  expect(existsSync(join(folder, 'all~x.v2.jsonl'))).toBe(true);
});

test('two caches in one folder at once write files of their own and lose nothing', () => {
  const [a, b] = [open(), open()];
  for (let n = 0; n < 20; n++) (n % 2 === 0 ? a : b).put([[key(n), n]]);
  expect(files()).toHaveLength(2);
  a.close();
  b.close();
  expect(known(open(), 20)).toEqual(Array.from({ length: 20 }, (_, n) => n));
});

test('many files of ended processes become one, and nothing is lost', () => {
  for (let n = 0; n < 9; n++) {
    const cache = open();
    cache.put([[key(n), n]]);
    abandon(String(n));
  }
  const last = open();
  last.put([[key(9), 9]]);
  last.close();
  expect(files()).toHaveLength(1);
  expect(known(open(), 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('a file whose process lives, or that has grown since it was read, is left alone', () => {
  for (let n = 0; n < 6; n++) {
    const cache = open();
    cache.put([[key(n), n]]);
    abandon(String(n));
  }
  const living = open();
  living.put([[key(6), 6]]);
  const [own] = files().filter((name) => !name.startsWith(DEAD));
  const late = open();
  late.put([[key(7), 7]]);
  // Another process read this one's file, and then more came.
  copyFileSync(join(folder, `${DEAD}0.v1.jsonl`), join(folder, 'copy'));
  const more = readFileSync(join(folder, own!), 'utf8').split('\n').slice(1).join('\n');
  appendFileSync(join(folder, `${DEAD}0.v1.jsonl`), more);
  late.close();
  expect(files().sort()).toEqual(
    [expect.stringMatching(/^all~/), own, `${DEAD}0.v1.jsonl`].sort() as string[],
  );
  expect(known(open(), 8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test('a folder that cannot be written costs the results and one warning', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const cache = openCache(join(file, 'cache'), (text) => warnings.push(text));
  warnings.length = 0;
  cache.put([[key(0), 0]]);
  cache.put([[key(1), 1]]);
  cache.close();
  expect(cache.get(key(0))).toBe(0);
  expect(cache.isKept()).toBe(false);
  expect(warnings).toEqual([expect.stringMatching(/^the cache cannot be written, so results/)]);
});

test('what is found out after the sources changed is not kept', () => {
  let isSound = true;
  const cache = whileSound(open(), () => isSound);
  cache.put([[key(0), 0]]);
  expect(cache.isKept()).toBe(true);
  isSound = false;
  cache.put([[key(1), 1]]);
  isSound = true;
  cache.put([[key(2), 2]]);
  expect(cache.isKept()).toBe(false);
  expect(known(cache, 3)).toEqual([0, undefined, undefined]);
});
