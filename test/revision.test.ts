// SPDX-License-Identifier: GPL-2.0-only
// Is a revision read without a work tree? From a bare repository that holds a miniature kernel as
// it is and, one commit later, with the mistake that 3.17 mended.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inOneProcess, type Ran } from './command-lines.ts';
import { makeMiniature, storeTooEarly } from './miniatures.ts';

const OPTIONS = ['--mmio', 'ept', '--scenario=mmio-cache/a-created-slot-is-seen.1v1u1f'];
const { PATH = '' } = process.env;
const hasGit = spawnSync('git', ['--version']).status === 0;

/** For all command lines together, on a machine that has much else to do. */
const MILLISECONDS_MAX = 300_000;

let folder: string;
let ran: Ran[];

beforeAll(() => {
  if (!hasGit) return;
  folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-revision-'));
  const work = makeMiniature('v3.12', join(folder, 'work'));
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', work, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
      env: { PATH, GIT_CONFIG_NOSYSTEM: '1', HOME: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const commit = (message: string) => {
    git('add', '--all');
    git('commit', '--quiet', '--message', message);
    git('tag', message);
  };
  git('init', '--quiet');
  commit('right');
  storeTooEarly(work);
  commit('early');
  const bare = join(folder, 'bare.git');
  git('clone', '--quiet', '--bare', work, bare);
  rmSync(work, { recursive: true });
  ran = inOneProcess(folder, [
    ['check', '--tree', bare, '--rev', 'right', ...OPTIONS],
    ['check', '--tree', bare, '--rev', 'early', ...OPTIONS],
    ['check', '--tree', bare, '--rev', 'early~1', '--bisect', ...OPTIONS],
    ['check', '--tree', bare, '--rev', 'early', '--bisect', ...OPTIONS],
    ['check', '--tree', bare, '--rev', 'nowhere', ...OPTIONS],
    ['check', '--tree', bare, '--rev=--upload-pack=x', ...OPTIONS],
    ['check', '--tree', bare, ...OPTIONS],
  ]);
}, MILLISECONDS_MAX);

afterAll(() => {
  if (hasGit) rmSync(folder, { recursive: true, force: true });
});

test.skipIf(!hasGit)('each revision has a verdict of its own, and its name', () => {
  const [right, early] = ran as [Ran, Ran];
  expect(right.stdout).toContain('bare.git at right\n');
  expect(right.stdout).toMatch(/^1 run, 1 hold, /m);
  expect(right.status).toBe(0);
  expect(early.stdout).toContain('bare.git at early\n');
  expect(early.stdout).toContain('BREAKS stale-after-update');
  expect(early.status).toBe(1);
});

test.skipIf(!hasGit)('a bisection is told which of them is broken', () => {
  expect(ran.slice(2, 4).map(({ status }) => status)).toEqual([0, 1]);
});

test.skipIf(!hasGit)('a revision that is none is said', () => {
  expect(ran[4]!.stderr).toMatch(/--rev nowhere: git knows no such commit in .*bare\.git/);
  expect(ran[5]!.stderr).toContain('--rev takes the name of a revision');
  expect(ran.slice(4, 6).map(({ status }) => status)).toEqual([2, 2]);
});

test.skipIf(!hasGit)('without a revision a bare repository is no tree', () => {
  expect(ran[6]!.stderr).toContain('this is no kernel tree with KVM');
  expect(ran[6]!.status).toBe(3);
});
