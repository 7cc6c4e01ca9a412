// SPDX-License-Identifier: GPL-2.0-only
// What does a user see who hands over the wrong file? One sentence and a status, whatever is
// inside.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { inOneProcess } from './command-lines.ts';

const folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-rubbish-'));
afterAll(() => rmSync(folder, { recursive: true }));

const schema = (name: string, version: number) => ({
  schema: { name: `kvm-mutants/${name}`, version },
});
const LONG = 10_000_000;
const DEEP = 100_000;
const RUN = {
  ...schema('verdicts', 1),
  verdicts: [{ id: 'a\n\x1b[31mb', kind: 'operator', verdict: 'survived', kills: [] }],
  sources: 'others',
  counts: { units: 1 },
  problems: [],
  isInterrupted: false,
};
const SHARD = {
  ...schema('shard', 1),
  shard: { index: 1, of: 1 },
  choice: { scenarios: [] },
  result: { baselines: [], mutants: [null], problems: [] },
};
const FILES: Readonly<Record<string, string | Uint8Array>> = {
  empty: '',
  binary: Uint8Array.from({ length: 4096 }, (_, i) => (i * 197 + 13) & 255),
  line: 'x'.repeat(LONG),
  text: JSON.stringify('x'.repeat(LONG)),
  deep: `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`,
  null: 'null',
  list: '[]',
  'gate-9': JSON.stringify(schema('gate', 9)),
  'gate-1': JSON.stringify(schema('gate', 1)),
  'gate-ok': JSON.stringify({ ...schema('gate', 1), regressions: [], mutants: [], more: [] }),
  'baseline-9': JSON.stringify(schema('baseline', 9)),
  'baseline-1': JSON.stringify(schema('baseline', 1)),
  'baseline-ok': JSON.stringify({ ...schema('baseline', 1), survivors: [] }),
  'verdicts-9': JSON.stringify(schema('verdicts', 9)),
  'verdicts-1': JSON.stringify(schema('verdicts', 1)),
  'verdicts-ok': JSON.stringify(RUN),
  'verdicts-long': JSON.stringify({
    ...RUN,
    verdicts: [{ id: 'x'.repeat(LONG), kind: 'no kind', kills: [] }],
  }),
  'shard-9': JSON.stringify(schema('shard', 9)),
  'shard-1': JSON.stringify(schema('shard', 1)),
  'shard-by-hand': JSON.stringify(SHARD),
  'shard-of-many': JSON.stringify({ ...SHARD, shard: { index: 1, of: 1e9 } }),
  'shard-before': JSON.stringify({ ...SHARD, shard: { index: -1, of: -5 } }),
};
for (const [name, content] of Object.entries(FILES)) writeFileSync(join(folder, name), content);
mkdirSync(join(folder, 'folder'));

/** What is wrong with any file that is read as JSON of one kind. */
function jsonCases(wanted: string): readonly (readonly [file: string, sentence: string])[] {
  return [
    ['empty', 'empty: this is not JSON'],
    ['binary', 'binary: this is not JSON'],
    ['line', 'line: this is not JSON'],
    ['text', 'text: the document is not an object'],
    ['deep', 'deep: the document is not an object'],
    ['null', 'null: the document is not an object'],
    ['list', 'list: the document is not an object'],
    ['folder', 'folder cannot be read: EISDIR'],
    ['missing', 'missing cannot be read: it is not there; kvm-mutants '],
    [`${wanted}-9`, `${wanted}-9: the schema is not kvm-mutants/${wanted} 1`],
    [`${wanted}-1`, `${wanted}-1: `],
  ];
}

const SHARDS: readonly (readonly [file: string, sentence: string])[] = [
  ['empty', 'empty is no shard: it is not JSON, or not all of it'],
  ['binary', 'binary is no shard: it is not JSON'],
  ['line', 'line is no shard: it is not JSON'],
  ['text', 'text is no shard: its schema'],
  ['deep', 'deep is no shard: its schema'],
  ['null', 'null is no shard: its schema'],
  ['folder', 'there is no shard to merge'],
  ['missing', 'shards cannot be read: ENOENT'],
  ['shard-9', 'shard-9 is no shard: its schema is not kvm-mutants/shard 1'],
  ['shard-1', 'shard-1 is no shard: parts of it are missing'],
  ['shard-by-hand', 'shard-by-hand was changed after it had been written'],
  ['shard-of-many', 'shard-of-many is no shard: parts of it are missing'],
  ['shard-before', 'shard-before is no shard: parts of it are missing'],
];

const SCENARIO = 'mmio-cache/a-created-slot-is-seen.1v1u1f';
const HELD = ['--contract', 'gate-ok', '--baseline', 'baseline-ok'];
type Case = readonly [args: readonly string[], status: number, sentence: string];
const CASES: readonly Case[] = [
  ...jsonCases('verdicts').map(([file, says]): Case => [['gate', file], 3, says]),
  [['gate', 'verdicts-long'], 3, 'verdicts-long: xxx'],
  ...jsonCases('gate').map(
    ([file, says]): Case => [['gate', 'verdicts-ok', '--contract', file], 3, says],
  ),
  ...jsonCases('baseline').map(
    ([file, says]): Case => [
      ['gate', 'verdicts-ok', '--contract', 'gate-ok', '--baseline', file],
      3,
      says,
    ],
  ),
  [['gate', 'verdicts-ok', ...HELD, '--update'], 3, 'verdicts-ok is not a whole run of these'],
  [['gate', '--contract'], 2, "Option '--contract <value>' argument missing; see kvm-mutants gate"],
  ...SHARDS.map(([file, says]): Case => [['report', '--merge', file], 3, says]),
  [['replay', ''], 2, 'a schedule has six parts'],
  [['replay', 'folder'], 2, 'a schedule has six parts'],
  [['replay', '@@@@@'], 2, "the schedule's subject '' is not a name"],
  [['replay', `__proto__@${SCENARIO}@sc@1v1u1f-ept@0.5@00000000`], 2, "no era '__proto__'"],
  [['explore', 'line'], 2, "there is no scenario 'line'; did you mean"],
  [['explore', SCENARIO, '--mutant', ''], 2, "there is no mutant ''; did you mean"],
  [['explore', SCENARIO, '--budget-states', '1e9'], 2, 'must be a whole number from 1 to'],
  [['explore', SCENARIO, '--vcpus', '-1'], 2, "Option '--vcpus' argument is ambiguous; see"],
  [['explore', SCENARIO, '-o', 'folder'], 2, '-o folder: this is a folder'],
  [['explore', SCENARIO, '-o', ''], 2, '-o needs the name of a file'],
  [['run', '-o', 'folder'], 2, '-o folder: this is a folder'],
  [['list', 'eras', '-o', 'empty/eras'], 2, 'empty/eras cannot be written'],
  [['run', '--shard', ''], 2, 'a shard is written k/n'],
  [['run', '--shard', '1/999999999999'], 2, 'a shard is written k/n'],
  [['run', '--report', ','], 2, "there is no format ''"],
  [['run', '--report', '__proto__'], 2, "there is no format '__proto__'"],
  [['run', '--scenario', ','], 2, "there is no scenario ''"],
  [['run', '--family', 'bits,'], 2, "there is no family ''"],
  [['run', 'folder'], 2, 'usage: kvm-mutants run'],
];

const hostile = ['gate', 'verdicts-ok', ...HELD];
const [told, ...refused] = inOneProcess(folder, [hostile, ...CASES.map(([args]) => args)]);

test.each(
  CASES.map(([args, status, says], i) => [args.join(' '), status, says, refused[i]!] as const),
)('kvm-mutants %s: status %d, %s', (_, expected, says, { status, stdout, stderr }) => {
  expect(stderr).toContain(says);
  expect(stderr).toMatch(/^kvm-mutants: [\x20-\x7e]{1,1010}\n$/);
  expect({ status, stdout }).toEqual({ status: expected, stdout: '' });
});

test('names that a file tells cannot move the cursor, or begin a line', () => {
  expect(told!.status).toBe(1);
  expect(told!.stdout).toContain('  a \\x1b[31mb survived, and is not in the baseline\n');
  expect(told!.stdout).toMatch(/^[\x20-\x7e\n]+$/);
});
