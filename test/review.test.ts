// SPDX-License-Identifier: GPL-2.0-only
// Does `review` take patches from wherever they come, and end with the status that it documents?

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { FILE, PATH } from '../src/patch/fixtures.ts';
import { inOneProcess, type Ran } from './command-lines.ts';

const ENTRY = fileURLToPath(new URL('../src/cli/kvm-mutants.js', import.meta.url));
const FIXTURES = new URL('../src/review/fixtures/', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-review-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fixture = (name: string) => readFileSync(new URL(`${name}.patch`, FIXTURES), 'utf8');
const BAD = fixture('dropped-flag-test');
const GOOD = fixture('renamed-variable');

function review(args: readonly string[], input: string | Uint8Array = '') {
  const options = { encoding: 'utf8', cwd: folder, input } as const;
  const ran = spawnSync(process.execPath, [ENTRY, 'review', ...args], options);
  return { status: ran.status, stdout: ran.stdout, stderr: ran.stderr };
}

const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], {
    cwd: folder,
    env: { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
  });

mkdirSync(join(folder, 'series'));
writeFileSync(join(folder, 'series', '0001-a.patch'), BAD);
writeFileSync(join(folder, 'series', 'notes.txt'), 'none of them');
const INPUTS = {
  bad: BAD,
  good: GOOD,
  selftest: fixture('selftest-only'),
  rubbish: 'no patch',
  mixed: `${BAD.slice(0, -300)}\n${BAD}`,
};
for (const [name, text] of Object.entries(INPUTS)) writeFileSync(join(folder, name), text);

git('init', '-q', '.');
mkdirSync(join(folder, 'virt/kvm'), { recursive: true });
writeFileSync(join(folder, PATH), FILE);
git('add', PATH);
git('commit', '-qm', 'base');
writeFileSync(join(folder, PATH), FILE.replace('\tslots->generation++;\n', ''));
git('commit', '-qam', 'KVM: Simplify memslot installation');

const LINES = {
  file: ['series/0001-a.patch'],
  folder: ['series'],
  range: ['HEAD~1..'],
  commit: ['HEAD'],
  none: ['HEAD..HEAD'],
  good: ['good'],
  quiet: ['-q', 'good'],
  selftest: ['selftest'],
  rubbish: ['rubbish'],
  mixed: ['mixed'],
  story: ['--stories', '--era', 'v3.17', '--format', 'reply', 'HEAD'],
  flows: ['--stories', '--era', 'v3.17', '--format', 'sarif', 'HEAD'],
  terse: ['--terse', 'bad'],
  terseGood: ['--terse', 'good'],
  terseRubbish: ['--terse', 'rubbish'],
  option: ['--', '--output=pwned'],
  short: ['--', '-x'],
  unknown: ['no..such'],
  semicolon: ['a b; touch pwned'],
  empty: [''],
};
const BACKPORTS = [
  ['backport'],
  ['backport', '--tree', 'series'],
  ['backport', '--fix', 'single-incremen', '--tree', 'series'],
  ['backport', '--fix', 'ee3d1570b586,nothing', '--tree', 'series'],
  ['backport', '--fix', 'all', '--tree', 'nowhere'],
  ['backport', '--fix', 'all', '--matrix', '--tree', 'series'],
  ['backport', '--fix', 'ee3d1570b586', '--tree', 'nowhere'],
  ['backport', '--fix', 'ee3d1570b586', '--tree', 'series'],
  ['review', '--tree', 'series', 'good'],
  ['review', '--rev', 'HEAD', 'good'],
];
const reviews = Object.values(LINES).map((args) => ['review', ...args]);
const all = inOneProcess(folder, [...reviews, ...BACKPORTS]);
const ran = Object.fromEntries(Object.keys(LINES).map((name, i) => [name, all[i]!])) as Readonly<
  Record<keyof typeof LINES, Ran>
>;

test('a patch on standard input, in a file or in a folder is the same patch', () => {
  const piped = review(['-'], BAD);
  expect(piped.status).toBe(1);
  expect(piped.stderr).toBe('');
  expect(review([], BAD)).toEqual(piped);
  expect(ran.file).toEqual(piped);
  expect(ran.folder).toEqual(piped);
});

test('a range of commits is asked of git, and so is one commit', () => {
  expect(ran.range.status).toBe(1);
  expect(ran.range.stdout).toContain('drops the second');
  expect(ran.commit).toEqual(ran.range);
  expect(ran.none).toMatchObject({ status: 3, stdout: '' });
});

test('the status is 0 with nothing to answer, 3 for what cannot be read, and 1 before 3', () => {
  expect([ran.good, ran.quiet, ran.selftest].map(({ status }) => status)).toEqual([0, 0, 0]);
  expect(ran.quiet.stdout).toBe('');
  expect(ran.selftest.stdout).toContain('not in scope');
  expect([ran.rubbish.status, ran.mixed.status]).toEqual([3, 1]);
});

test('terse prints one line a finding on standard output, and nothing else anywhere', () => {
  const line = /^arch\/x86\/kvm\/mmu\/mmu\.c:\d+: WARNING: stale-after-update: .*\n$/;
  expect(ran.terse.stdout).toMatch(line);
  expect(ran.terse.stderr).toBe('');
  expect(ran.terseGood).toEqual({ status: 0, stdout: '', stderr: '' });
  expect(ran.terseRubbish.stdout).toMatch(/^-:0: ERROR: there is no diff in it\n$/);
});

test('no argument reaches git or the disk as anything but a name', () => {
  for (const name of ['option', 'short', 'unknown', 'semicolon', 'empty'] as const) {
    const { status, stdout, stderr } = ran[name];
    expect({ name, status, stdout }).toEqual({ name, status: 2, stdout: '' });
    expect(stderr).toMatch(/^kvm-mutants: [\x20-\x7e]+\n$/);
  }
  expect(readdirSync(folder)).not.toContain('pwned');
});

test('a story is the interleaving of the port that has the bug', async () => {
  const own = ran.story.stdout.split('\n').filter((line) => !line.startsWith('>'));
  expect(own.join('\n')).toMatch(/vCPU 0 .* \| updater/);
  expect(ran.story.stdout).toContain('not on hardware');
  // The date is that of the test.
  const text = ran.story.stdout.replace(/^On .*, A wrote:/, 'On DATE, A wrote:');
  await expect(text).toMatchFileSnapshot('golden/review-story.txt');
});

test('in SARIF a story is a flow a thread, in one order', () => {
  const { results } = JSON.parse(ran.flows.stdout).runs[0];
  const [flow] = results[0].codeFlows;
  expect(flow.message.text).toMatch(
    /^v3\.17\/history\/single-increment; again: kvm-mutants replay /,
  );
  const orders: number[] = flow.threadFlows.flatMap((one: { locations: object[] }) =>
    one.locations.map((location) => (location as { executionOrder: number }).executionOrder),
  );
  expect(flow.threadFlows.length).toBeGreaterThan(1);
  expect(new Set(orders).size).toBe(orders.length);
  expect(orders.length).toBeGreaterThan(10);
});

test.each([
  [2, 'backport needs --tree DIR'],
  [2, "no fix ''"],
  [2, "no fix 'single-incremen'; did you mean single-increment"],
  [2, "no fix 'nothing'"],
  [2, '--matrix is about one fix'],
  [2, '--tree nowhere'],
  [3, 'this is no kernel tree with KVM'],
  [3, 'this is no kernel tree with KVM'],
  [2, '--rev needs --tree DIR'],
])('a tree that cannot be analysed is status %d: %s', (status, says) => {
  const ended = all.slice(reviews.length).find(({ stderr }) => stderr.includes(says))!;
  expect({ status: ended.status, stdout: ended.stdout }).toEqual({ status, stdout: '' });
});
