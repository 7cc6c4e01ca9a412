// SPDX-License-Identifier: GPL-2.0-only
// Do the examples of docs/examples/ do what they say? Each is run as its reader would: by git, by a
// shell, on a small repository with a patch that asks for an answer.

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { FILE, PATH } from '../src/patch/fixtures.ts';

const EXAMPLES = fileURLToPath(new URL('../docs/examples/', import.meta.url));
const ENTRY = fileURLToPath(new URL('../src/cli/kvm-mutants.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-examples-'));
afterAll(() => rmSync(folder, { recursive: true }));

// `kvm-mutants` on the PATH, as if it were installed.
mkdirSync(join(folder, 'bin'));
writeFileSync(
  join(folder, 'bin', 'kvm-mutants'),
  `#!/bin/sh\nexec "${process.execPath}" "${ENTRY}" "$@"\n`,
);
chmodSync(join(folder, 'bin', 'kvm-mutants'), 0o755);
const tree = join(folder, 'tree');
const { PATH: searched } = process.env;
const env = {
  ...process.env,
  PATH: `${join(folder, 'bin')}:${searched}`,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
};

function run(program: string, args: readonly string[], input = '', cwd = tree) {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env,
    input,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}
const git = (...args: string[]) =>
  run('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args]);

mkdirSync(join(tree, 'virt/kvm'), { recursive: true });
git('init', '-q', '.');
writeFileSync(join(tree, PATH), FILE);
git('add', PATH);
git('commit', '-qm', 'base');
run('git', ['clone', '-q', '--bare', tree, join(folder, 'remote')]);
git('remote', 'add', 'origin', join(folder, 'remote'));
git('fetch', '-q', 'origin');
copyFileSync(join(EXAMPLES, 'pre-push'), join(tree, '.git/hooks/pre-push'));

const commit = (from: string, to: string, subject: string) => {
  writeFileSync(join(tree, PATH), readFileSync(join(tree, PATH), 'utf8').replace(from, to));
  git('commit', '-qam', subject);
};

test('the hook lets a push pass in silence, and stops one with a finding', () => {
  commit('A miniature', 'A small one', 'KVM: Change a comment');
  const silent = git('push', '-q', 'origin', 'HEAD:main');
  expect(silent).toEqual({ status: 0, stdout: '', stderr: '' });
  commit('\tslots->generation++;\n', '', 'KVM: Simplify memslot installation');
  const stopped = git('push', '-q', 'origin', 'HEAD:main');
  expect(stopped.status).toBe(1);
  expect(stopped.stdout + stopped.stderr).toContain('ee3d1570b586');
});

test("b4's commands take a patch on standard input", () => {
  const patch = git('format-patch', '--stdout', '-1').stdout;
  const config = readFileSync(join(EXAMPLES, 'b4.gitconfig'), 'utf8');
  const commands = [...config.matchAll(/-check-cmd = kvm-mutants (.*)$/gm)].map(([, args]) =>
    args!.split(' '),
  );
  expect(commands).toHaveLength(3);
  const [terse, , json] = commands.map((args) => run('kvm-mutants', args, patch));
  expect(terse!.stdout).toMatch(/^virt\/kvm\/kvm_main\.c:\d+: WARNING: stale-after-update: /);
  expect(terse!.stderr).toBe('');
  expect(JSON.parse(json!.stdout)).toMatchObject([{ tool: 'kvm-mutants', status: 'warn' }]);
  const keys = run('git', ['config', '-f', join(EXAMPLES, 'b4.gitconfig'), '--list']);
  expect(keys.stdout.split('\n').filter((line) => line.startsWith('b4.'))).toHaveLength(3);
});

test('the steps of the workflow write SARIF, and annotations that fail it', () => {
  const workflow = readFileSync(join(EXAMPLES, 'github-review.yml'), 'utf8');
  const steps = [...workflow.matchAll(/^ {6}- run: (.*)$/gm)].map(([, line]) => line!);
  const [sarif, annotations] = steps.map((line) => run('sh', ['-ec', `BASE=HEAD~1; ${line}`]));
  expect(sarif).toEqual({ status: 0, stdout: '', stderr: '' });
  const document = JSON.parse(readFileSync(join(tree, 'review.sarif'), 'utf8'));
  expect(document.runs[0].results).toHaveLength(1);
  expect(annotations!.status).toBe(1);
  expect(annotations!.stdout).toMatch(/^::warning file=virt\/kvm\/kvm_main\.c,line=\d+,/);
});

/** A repository of the miniature kernel, and its commits by subject. */
function bisected(edits: readonly (readonly [subject: string, from: string, to: string])[]) {
  const cwd = mkdtempSync(join(folder, 'kernel-'));
  cpSync('test/fixtures/trees/v3.12', cwd, { recursive: true });
  const inside = (...args: string[]) =>
    run('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], '', cwd);
  inside('init', '-q', '.');
  inside('add', '-A');
  inside('commit', '-qm', 'base');
  for (const [subject, from, to] of edits) {
    const text = readFileSync(join(cwd, PATH), 'utf8');
    expect(text.split(from), subject).toHaveLength(2);
    writeFileSync(join(cwd, PATH), text.replace(from, to));
    inside('commit', '-qam', subject);
  }
  return { cwd, inside };
}

test('a bisection finds the commit that drops the second increment, and skips what is no C', () => {
  const first = `HEAD~4`;
  const { cwd, inside } = bisected([
    ['KVM: Change a comment', 'A miniature', 'A small one'],
    ['KVM: Break the build', 'static void update_memslots(', 'static void update_memslots(('],
    ['KVM: Mend the build', 'static void update_memslots((', 'static void update_memslots('],
    ['KVM: Simplify memslot installation', '\tslots->generation++;\n', ''],
  ]);
  const args = [first, 'HEAD', 'mmio-cache/a-created-slot-is-seen.1v1u2f'];
  const { status, stdout } = run(join(EXAMPLES, 'bisect'), args, '', cwd);
  expect(status).toBe(0);
  const id = inside('log', '-1', '--format=%H', 'HEAD').stdout.trim();
  expect(stdout).toContain(`${id} is the first bad commit`);
  expect(inside('bisect', 'log').status).not.toBe(0);
});

test('a bisection by a command that is wrong blames no commit', () => {
  const { cwd } = bisected([
    ['KVM: Change a comment', 'A miniature', 'A small one'],
    ['KVM: Change it again', 'A small one', 'A tiny one'],
  ]);
  const stopped = run(join(EXAMPLES, 'bisect'), ['HEAD~2', 'HEAD', 'no/such-scenario'], '', cwd);
  expect(stopped.status).not.toBe(0);
  expect(stopped.stdout).not.toContain('is the first bad commit');
});
