// SPDX-License-Identifier: GPL-2.0-only
// Does a review with a tree report what each patch changes there, and only that? A series on the
// miniature kernel: one patch that changes nothing, one that does not apply, and one that drops the
// second increment.

import { expect, test } from 'vitest';
import type { Output } from '../src/cli/output.ts';
import { review as command } from '../src/cli/review.ts';
import { knowledge } from '../src/cli/review-knowledge.ts';
import { withTree } from '../src/cli/review-tree.ts';
import { folderFiles } from '../src/cli/tree-files.ts';
import { unifiedDiff } from '../src/mutation/diff.ts';
import { ownedByTree } from '../src/patch/owners.ts';
import { readPatches } from '../src/patch/read.ts';
import { loadReviewFormats } from '../src/review/format.ts';
import { reviewOf } from '../src/review/review.ts';
import { HELD } from '../src/review/tree-rows.ts';

const PATH = 'virt/kvm/kvm_main.c';
const read = folderFiles('test/fixtures/trees/v3.12');
const text = read(PATH)!;

function patchOf(from: string, to: string) {
  const start = text.indexOf(from);
  expect(start).toBeGreaterThan(0);
  const edit = { file: PATH, start, end: start + from.length, original: from, replacement: to };
  const diff = unifiedDiff(PATH, text, [edit]);
  const [mailed] = readPatches(new TextEncoder().encode(diff), 'a test');
  return { ...mailed!, files: mailed!.files.map((file) => ownedByTree(file, text)) };
}

const harmless = patchOf(
  'slots->generation = old->generation + 1;',
  'slots->generation = 1 + old->generation;',
);
const dropped = patchOf('\tslots->generation++;\n', '');
// The same once more: its line is gone by then.
const SERIES = [harmless, harmless, dropped];
const options = {
  name: 'a tree',
  onUnit: () => {},
  isOver: () => false,
  budgetMutants: 100_000,
  threeWay: null,
};
const review = await withTree(reviewOf(SERIES, await knowledge(), null), read, options);
const [first, second, third] = review.patches.map(({ rows, isRun }) => ({ rows, isRun }));

test('a harmless patch fails nothing, and what holds before and after is ok or weak', () => {
  const words = first!.rows.map(({ word }) => word);
  expect(words.filter((word) => ['FAIL', 'unknown', 'ask'].includes(word))).toEqual([]);
  const held = first!.rows.filter(({ word }) => word === 'ok' || word === 'weak');
  expect(held.map(({ name }) => name)).toContain('stale-after-update');
  expect(first!.rows.find(({ name }) => name === 'mutants')!.text).toMatch(/[1-9]\d* run/);
});

test('a patch that does not apply is unknown', () => {
  expect(second!.isRun).toBe(false);
  expect(second!.rows[0]).toMatchObject({ word: 'unknown', name: 'tree' });
  expect(second!.rows[0]!.text).toContain('does not apply');
});

test('an invariant that held before a patch and not with it fails, with its interleaving', () => {
  const failed = third!.rows.filter(({ word }) => word === 'FAIL');
  expect(failed.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['stale-after-update', 'cache-effective-at-rest']),
  );
  const { story } = failed.find(({ name }) => name === 'stale-after-update')!;
  expect(story!.table.join('\n')).toMatch(/vCPU 0 .*\| updater/);
  expect(story!.steps.length).toBeGreaterThan(10);
});

const formats = await loadReviewFormats();
const told = (name: string, patch: number): string =>
  formats
    .find((format) => format.name === name)!
    .text({ ...review, patches: [review.patches[patch]!] }, { isQuiet: false, isVerbose: false });

test('b4 passes what holds, warns of what nobody can tell, and fails a new violation', () => {
  const statuses = [0, 1, 2].map((patch) => {
    const entries = JSON.parse(told('b4', patch)) as { status: string }[];
    return [...new Set(entries.map(({ status }) => status))].sort().join();
  });
  // The harmless one passes but for mutants of its line that live.
  expect(statuses).toEqual(['warn', 'warn', 'fail,warn']);
  expect(told('b4', 0)).toContain('mutants: nothing that was run notices');
  const held = { ...review.patches[0]!, rows: first!.rows.filter(({ word }) => word !== 'weak') };
  const rows = [...held.rows, { ...first!.rows[0]!, word: 'ok' as const, text: HELD }];
  const b4 = formats.find(({ name }) => name === 'b4')!;
  const options = { isQuiet: false, isVerbose: false };
  const passed = b4.text({ ...review, patches: [{ ...held, rows }] }, options);
  expect(JSON.parse(passed)).toMatchObject([{ status: 'pass' }]);
});

test('terse has a line for what is weak, and an error for what fails or gave no answer', () => {
  expect(told('terse', 0)).toMatch(/^-:0: CHECK: mutants: [^\n]*\n$/);
  expect(told('terse', 1)).toMatch(/^-:0: ERROR: tree: .*does not apply/);
  expect(told('terse', 2)).toMatch(/ERROR: stale-after-update: held before this patch/);
  expect(told('github', 2)).toMatch(/^::error .*title=stale-after-update/m);
});

test.each(['terse', 'b4'])('a tree that is none is said by %s on standard output', async (name) => {
  let said = '';
  const output = { result: (text: string) => (said += text), progress: () => {}, note: () => {} };
  const status = await command.run({
    values: { format: name, tree: 'docs', mboxrd: false },
    args: ['src/review/fixtures/dropped-flag-test.patch'],
    output: output as unknown as Output,
    signal: new AbortController().signal,
  });
  expect(status).toBe(3);
  const ERROR = { terse: /^-:0: ERROR: this is no kernel tree/, b4: /"warn",\n.*no kernel tree/ };
  expect(said).toMatch(ERROR[name as keyof typeof ERROR]);
});
