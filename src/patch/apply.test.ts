// SPDX-License-Identifier: GPL-2.0-only
// Are texts after a patch what git would make of them, and is everything else refused with a
// sentence?

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyEdits } from '#mutation/edits';
import { unifiedDiff } from '../mutation/diff.ts';
import { applyPatch, applyPatches } from './apply.ts';
import { bytesOf, DIFF, FILE, PATH } from './fixtures.ts';
import { readPatches } from './read.ts';
import type { Patch } from './values.ts';

const patchOf = (text: string): Patch => readPatches(bytesOf(text), 'test')[0]!;
const reading = (files: Readonly<Record<string, string>>) => (path: string) => files[path] ?? null;
const apply = (text: string, files: Readonly<Record<string, string>>) =>
  applyPatch(patchOf(text), reading(files));

describe('a patch', () => {
  test('makes of the texts that it is given new ones', () => {
    const { files, errors, moved } = apply(DIFF, { [PATH]: FILE });
    expect({ errors, moved }).toEqual({ errors: [], moved: [] });
    expect(files.get(PATH)).toBe(FILE.replace('\tslots->generation++;\n', ''));
  });

  test('finds a hunk that has moved, and says so', () => {
    const { files, moved } = apply(DIFF, { [PATH]: `/* one line more */\n${FILE}` });
    expect(moved).toEqual([{ path: PATH, hunk: 1, by: 1 }]);
    expect(files.get(PATH)).not.toContain('slots->generation++');
  });

  test('whose context is not there to the letter does not apply', () => {
    const other = FILE.replace('mini_publish(kvm, slots);\n', 'mini_publish(kvm,  slots);\n');
    const { files, errors } = apply(DIFF, { [PATH]: other });
    expect(files.size).toBe(0);
    expect(errors).toEqual([
      `${PATH}: hunk 1 (line 21, install_new_memslots) does not apply: ` +
        "the file has no line 'mini_publish(kvm, slots);'",
    ]);
  });

  test('after another sees what that one made', () => {
    const again = patchOf(DIFF.replace('-21,7', '-20,7'));
    const { errors } = applyPatches([patchOf(DIFF), again], reading({ [PATH]: FILE }));
    expect(errors[0]).toContain("the file has no line 'slots->generation++;'");
  });

  test('may create, delete and rename files, and end them without a line end', () => {
    const created =
      '--- /dev/null\n+++ b/a/new.h\n@@ -0,0 +1 @@\n+one\n\\ No newline at end of file\n';
    expect(apply(created, {}).files).toEqual(new Map([['a/new.h', 'one']]));
    expect(apply(created, { 'a/new.h': 'x' }).errors).toEqual([
      'a/new.h: the file is there already',
    ]);
    const deleted = '--- a/old.h\n+++ /dev/null\n@@ -1 +0,0 @@\n-one\n';
    expect(apply(deleted, { 'old.h': 'one\n' }).files).toEqual(new Map([['old.h', null]]));
    expect(apply(deleted, { 'old.h': 'one\ntwo\n' }).errors[0]).toContain('not all of its lines');
    const renamed =
      'diff --git a/x.c b/y.c\nsimilarity index 100%\nrename from x.c\nrename to y.c\n';
    expect(apply(renamed, { 'x.c': 'one\n' }).files).toEqual(
      new Map([
        ['x.c', null],
        ['y.c', 'one\n'],
      ]),
    );
  });

  test('of a file that is not there says which', () => {
    expect(apply(DIFF, {}).errors).toEqual([`${PATH}: there is no such file`]);
  });
});

const hostile = (path: string) => `--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-a\n+b\n`;

test.each([
  ['../../etc/passwd', 'leads out of the tree'],
  ['/etc/passwd', 'is not relative to the tree'],
  ['x/../../y', 'leads out of the tree'],
  ['.git/hooks/pre-commit', "is one of git's own files"],
  ['x/.GIT/config', "is one of git's own files"],
  ['C:/x', 'is not relative to the tree'],
  ['x//y', 'has an empty part'],
])('the path %s is refused, and no file is asked for', (path, why) => {
  const asked: string[] = [];
  const { errors } = applyPatch(patchOf(hostile(path)), (name) => {
    asked.push(name);
    return 'a\n';
  });
  expect(errors).toEqual([`${path}: the path ${why}`]);
  expect(asked).toEqual([]);
});

test('links, submodules and binary files are refused', () => {
  const mode = (digits: string) =>
    `diff --git a/x b/x\nnew file mode ${digits}\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+y\n`;
  expect(apply(mode('120000'), {}).errors[0]).toContain('symbolic links');
  expect(apply(mode('160000'), {}).errors[0]).toContain('submodules');
  const binary =
    'diff --git a/x b/x\nindex 1234567..89abcde 100644\nBinary files a/x and b/x differ\n';
  expect(apply(binary, { x: '' }).errors[0]).toContain('binary file');
});

test('a hunk whose place cannot be found costs a bounded number of comparisons', () => {
  const same = 'x\n'.repeat(100_000);
  const lines = ' x\n'.repeat(20_000);
  const text = `--- a/f\n+++ b/f\n@@ -1,20001 +1,20001 @@\n${lines}-y\n+z\n`;
  expect(apply(text, { f: `${same}y2\n` }).errors).toHaveLength(1);
});

test('any edits of any text come back by their diff', () => {
  const line = fc.constantFrom('', 'a', '\tb;', '{', '}', '-- ', '++ x', '\\ y');
  const text = fc.array(line, { minLength: 1, maxLength: 30 }).map((all) => `${all.join('\n')}\n`);
  const cuts = fc.array(fc.tuple(fc.nat(), fc.array(line, { maxLength: 3 })), { maxLength: 4 });
  const law = fc.property(text, cuts, (head, at) => {
    // Diffs of mutants are made here, and those never reach the end of a file.
    const before = `${head}end\n`;
    const ends = [...head.matchAll(/\n/g)].map(({ index }) => index + 1);
    const chosen = [...new Map(at.map(([n, lines]) => [n % ends.length, lines]))];
    const edits = chosen
      .sort(([a], [b]) => a - b)
      .map(([n, lines]) => {
        const [start, end] = [ends[n - 1] ?? 0, ends[n]!];
        const replacement = lines.map((one) => `${one}\n`).join('');
        return { file: 'f.c', start, end, original: before.slice(start, end), replacement };
      })
      .filter(({ original, replacement }) => original !== replacement);
    const after = applyEdits(before, edits);
    const patch = patchOf(unifiedDiff('f.c', before, edits));
    if (edits.length === 0) return;
    const { files, errors } = applyPatch(patch, reading({ 'f.c': before }));
    expect(errors).toEqual([]);
    expect(files.get('f.c')).toBe(after);
  });
  fc.assert(law, { seed: 1, numRuns: 300 });
});
