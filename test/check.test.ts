// SPDX-License-Identifier: GPL-2.0-only
// Does `check` say of a tree's C what is true of it? On a miniature kernel of our own as it stands,
// with the fix of 3.17 taken back, and where there is no kernel at all.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hasGcc } from '../src/c/gcc.ts';
import { inOneProcess, type Ran } from './command-lines.ts';

const MINI = fileURLToPath(new URL('fixtures/trees/v3.12', import.meta.url));
const MAIN = 'virt/kvm/kvm_main.c';
const SCENARIOS = '--scenario=mmio-cache/a-created-slot-is-seen.1v1u1f';
const INCREMENT = '\tsynchronize_srcu_expedited(&kvm->srcu);\n\tslots->generation++;\n';
const EARLY = '\tslots->generation++;\n\tsynchronize_srcu_expedited(&kvm->srcu);\n';

let folder: string;
let ran: Ran[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-check-'));
  const early = join(folder, 'early');
  cpSync(MINI, early, { recursive: true });
  const text = readFileSync(join(early, MAIN), 'utf8');
  expect(text.split(INCREMENT)).toHaveLength(2);
  writeFileSync(join(early, MAIN), text.replace(INCREMENT, EARLY));
  const patch = join(folder, 'early.patch');
  const line = text.slice(0, text.indexOf(INCREMENT)).split('\n').length;
  writeFileSync(
    patch,
    [
      `--- a/${MAIN}`,
      `+++ b/${MAIN}`,
      `@@ -${line},2 +${line},2 @@`,
      '+\tslots->generation++;',
      ' \tsynchronize_srcu_expedited(&kvm->srcu);',
      '-\tslots->generation++;',
      '',
    ].join('\n'),
  );
  const moved = movedOn(text);
  const odd = join(folder, 'odd');
  cpSync(MINI, odd, { recursive: true });
  writeFileSync(join(odd, MAIN), text.replace('slots->generation++;', 'unheard_of(slots);'));
  const ept = ['--mmio', 'ept', SCENARIOS];
  ran = inOneProcess(folder, [
    ['check', '--tree', MINI, SCENARIOS],
    ['check', '--tree', early, ...ept],
    ['check', '--tree', MINI, '--patch', patch, ...ept],
    ['check', '--bisect', '--tree', early, ...ept],
    ['check', '--bisect', '--tree', folder],
    ['check', '--bisect', '--tree', join(folder, 'nowhere')],
    ['check', '--tree', folder],
    ['check', '--tree', odd, SCENARIOS],
    ['check', '--tree', MINI, '--against-port', ...ept],
    ['check', '--tree', early, '--against-port', ...ept],
    ['check', '--tree', MINI, '--self-check', '--json'],
    ['check', '--tree', moved, '--patch', join(moved, 'early.patch'), ...ept],
  ]);
}, 180_000);

/** A repository whose patch was made before a line of its context was changed. */
function movedOn(text: string): string {
  const moved = join(folder, 'moved');
  cpSync(MINI, moved, { recursive: true });
  const git = (...args: string[]) =>
    execFileSync('git', [
      '-C',
      moved,
      '-c',
      'user.name=A',
      '-c',
      'user.email=a@b.example',
      ...args,
    ]);
  git('init', '-q', '.');
  git('add', '.');
  git('commit', '-qm', 'base');
  writeFileSync(join(moved, MAIN), text.replace(INCREMENT, EARLY));
  writeFileSync(join(moved, 'early.patch'), git('diff'));
  const lines = text.split('\n');
  const above = text.slice(0, text.indexOf(INCREMENT)).split('\n').length - 3;
  writeFileSync(join(moved, MAIN), lines.with(above, `${lines[above]} /* since */`).join('\n'));
  return moved;
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the miniature kernel holds, and the honesty list is printed', () => {
  const { status, stdout } = ran[0]!;
  expect(stdout).toContain('mmio-cache/a-created-slot-is-seen  2 (ept, shadow)  holds');
  expect(stdout).toMatch(/^real {12}\d+ functions$/m);
  expect(stdout).toMatch(/^modelled {8}2: kvm_arch_prepare_memory_region/m);
  expect(status).toBe(0);
});

test('an increment before the wait breaks it, with lines of the tree', () => {
  const { status, stdout } = ran[1]!;
  expect(stdout).toContain('BREAKS stale-after-update');
  expect(stdout).toContain('install_new_memslots() virt/kvm/kvm_main.c');
  expect(stdout).toMatch(/:\d+ synchronize_srcu_expedited\(\) begins/);
  expect(status).toBe(1);
});

test('a patch that does so is a regression', () => {
  const { status, stdout } = ran[2]!;
  expect(stdout).toContain('Functions that run here and differ: install_new_memslots');
  expect(stdout).toMatch(/^stale-after-update {2}REGRESSION: it held before/m);
  expect(status).toBe(1);
});

test('a patch for an earlier state of the tree is merged, and that is said', () => {
  const { status, stdout, stderr } = ran.at(-1)!;
  expect(stderr).toMatch(
    /early.patch: virt\/kvm\/kvm_main.c has moved on since blob [0-9a-f]+: merged/,
  );
  expect(stdout).toMatch(/^stale-after-update {2}REGRESSION: it held before/m);
  expect(status).toBe(1);
});

test('a bisection is told 1 where it breaks, 125 where nothing can be tested, 128 to stop', () => {
  expect(ran.slice(3, 6).map(({ status }) => status)).toEqual([1, 125, 128]);
});

test('what is no kernel is said, with the files that were looked for', () => {
  const { status, stderr } = ran[6]!;
  expect(stderr).toContain('this is no kernel tree with KVM: looked for virt/kvm/kvm_main.c');
  expect(status).toBe(3);
});

test('C that is not understood ends without a verdict, at its line', () => {
  const { status, stderr } = ran[7]!;
  expect(stderr).toMatch(/no verdict: virt\/kvm\/kvm_main.c:\d+: the function unheard_of\(\)/);
  expect(status).toBe(3);
});

test('what the port was written from is told, and how the tree differs from it', () => {
  const { stdout } = ran[0]!;
  expect(stdout).toMatch(/^port {12}v3\.17, written from 3\.17\.4: of \d+ functions and macros/m);
  expect(stdout).toContain('functions that run here differ: ');
});

test('held against the port the miniature kernel does the same', () => {
  const { status, stdout } = ran[8]!;
  expect(stdout).toMatch(/^mmio-cache\/a-created-slot-is-seen +1 +2 +the same$/m);
  expect(stdout).toContain('1 run, 1 the same, 0 differ, 0 not compared');
  expect(status).toBe(0);
});

test('an increment before the wait is told from the port by the shortest schedule', () => {
  const { status, stdout } = ran[9]!;
  expect(stdout).toContain('Only the tree does this:');
  expect(stdout).toMatch(/:\d+ synchronize_srcu_expedited\(\) begins/);
  expect(stdout).toContain('1 run, 0 the same, 1 differ, 0 not compared');
  expect(status).toBe(1);
});

test('gcc agrees with the translation, or the check is skipped and says so', () => {
  const { status, stdout } = ran[10]!;
  const { isSkipped, ...found } = JSON.parse(stdout);
  expect([isSkipped, status]).toEqual(hasGcc() ? [false, 0] : [true, 4]);
  if (hasGcc()) {
    expect(found.mismatches).toEqual([]);
    expect(found.compared).toContain('is_mmio_spte');
    expect(found.calls).toBeGreaterThan(20_000);
  }
});
