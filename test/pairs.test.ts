// SPDX-License-Identifier: GPL-2.0-only
// What does a user see of two mutants at once? What they may not be asked for, and what their ids
// are good for.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { inOneProcess } from './command-lines.ts';

const folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-pairs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SCENARIO = 'mmio-cache/a-created-slot-is-seen.1v1u1f';
const PAIRED = 'v3.17/pairs/install_new_memslots';
const PAIR = `${PAIRED}/drop-increment.1+vcpu_match_mmio_gen/hit-always.1`;
const TWICE = `${PAIRED}/no-sync.1+install_new_memslots/no-sync.1`;

const WRONG: readonly (readonly [args: readonly string[], sentence: RegExp])[] = [
  [['run', '--pairs', '--shard', '1/2'], /--pairs is not for a shard: both of a pair must have/],
  [['run', '--pairs', '--scenario', SCENARIO], /--pairs needs a whole run, without --scenario,/],
  [['run', '--pairs', '--invariant', 'stale-after-update'], /--pairs needs a whole run/],
  [['run', '--pairs', '--memory-model', 'sc'], /--pairs needs a whole run/],
  [['run', '--pairs', '--family', 'locks'], /--pairs needs mutants of a family that makes pairs/],
  [['explain', TWICE], /no-sync\.1 edit the same place, so they make no pair/],
  [['explain', `${PAIRED}/no-syn.1+${SCENARIO}`], /no mutant .*; did you mean .*no-sync\.1/],
];

const [explained, explored, ...refused] = inOneProcess(folder, [
  ['explain', PAIR],
  ['explore', SCENARIO, '--mutant', PAIR],
  ...WRONG.map(([args]) => args),
]);

test.each(WRONG.map(([args, sentence], i) => [args.join(' '), sentence, refused[i]!] as const))(
  'kvm-mutants %s: one sentence',
  (_, sentence, { status, stdout, stderr }) => {
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(/^kvm-mutants: [^\n]+\n$/);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  },
);

test('a pair is explained by its id, with the diff of both', () => {
  expect(explained!.status).toBe(0);
  expect(explained!.stdout).toContain(`mutant ${PAIR}\n`);
  expect(explained!.stdout).toMatch(/made by:\n {2}pair drop-increment\+hit-always\n/);
  expect(explained!.stdout.match(/^--- a\//gm)).toHaveLength(2);
});

test('a pair is explored by its id, and its schedule is replayed', () => {
  expect(explored!.status).toBe(1);
  const [, schedule = ''] = /^replay: (\S+)$/m.exec(explored!.stdout)!;
  expect(schedule.startsWith(`${PAIR}@`)).toBe(true);
  const [replayed] = inOneProcess(folder, [['replay', schedule]]);
  expect(replayed!.status).toBe(1);
  expect(explored!.stdout).toContain(replayed!.stdout.trimEnd());
});
