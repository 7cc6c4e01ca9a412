// SPDX-License-Identifier: GPL-2.0-only
// Does each family of kernels get its own profile, and does the seed's mistake show in it? On
// miniature kernels of our own, one for each profile; and what is said where none fits.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROFILES } from '../src/c/profiles/profiles.ts';
import { inOneProcess, type Ran } from './command-lines.ts';
import { edit, MINIATURES, type Miniature, makeMiniature, storeTooEarly } from './miniatures.ts';

const SCENARIO = '--scenario=mmio-cache/a-created-slot-is-seen.1v1u1f';
const MAIN = 'virt/kvm/kvm_main.c';

/** For all command lines together, on a machine that has much else to do. */
const MILLISECONDS_MAX = 300_000;

/** Whose rules each is held to. */
const RULES: Readonly<Record<Miniature, string>> = {
  'v3.12': 'v3.17',
  'v3.19': 'v3.19',
  'v4.2': 'v4.19',
  'v5.1': 'v5.2',
  'v5.4': 'v5.6',
  'v5.7': 'v5.11',
  'v5.14': 'v5.15',
  'v5.17': 'v6.12',
};

let folder: string;
const ran = new Map<string, Ran>();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-profiles-'));
  const lines = new Map<string, readonly string[]>();
  for (const name of MINIATURES) {
    const plain = makeMiniature(name, join(folder, name));
    const early = storeTooEarly(makeMiniature(name, join(folder, `${name}-early`)));
    lines.set(name, ['check', '--tree', plain, SCENARIO]);
    lines.set(`${name} early`, ['check', '--tree', early, '--mmio', 'ept', SCENARIO]);
  }
  const other = makeMiniature('v5.17', join(folder, 'other'));
  edit(other, MAIN, (text) => text.replaceAll('kvm_swap_active_memslots', 'kvm_turn_memslots'));
  lines.set('other', ['check', '--tree', other, SCENARIO]);
  const slotsOfSmm = '--scenario=address-spaces/a-slot-of-smm-is-seen.1v1u1f';
  lines.set('ruled', ['check', '--tree', join(folder, 'v4.2'), '--mmio', 'ept', slotsOfSmm]);
  for (const tree of ['v5.17', 'v5.17-early']) {
    const fix = ['backport', '--fix', 'mapping-taken-for-bug', '--tree', join(folder, tree)];
    lines.set(`${tree} mended`, fix);
  }
  const lacking = makeMiniature('v4.2', join(folder, 'lacking'));
  rmSync(join(lacking, 'arch/x86/kvm/x86.h'));
  lines.set('lacking', ['check', '--tree', lacking, SCENARIO]);
  const all = inOneProcess(folder, [...lines.values()]);
  [...lines.keys()].forEach((key, i) => {
    ran.set(key, all[i]!);
  });
}, MILLISECONDS_MAX);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every profile has a miniature kernel', () => {
  const names = PROFILES.map(({ name }) => name.replace(/\+$/, ''));
  expect(names.toReversed()).toEqual(MINIATURES);
});

describe.each(MINIATURES)('%s', (name) => {
  test('is found by its shape, and holds', () => {
    const { status, stdout } = ran.get(name)!;
    expect(stdout).toContain(`profile ${name}+ (`);
    expect(stdout).toContain(`held to the rules of ${RULES[name]}`);
    expect(stdout).toContain('mmio-cache/a-created-slot-is-seen  2 (ept, shadow)  holds');
    expect(stdout).toMatch(/^2 runs, 2 hold, 0 break, 0 unknown/m);
    expect(status).toBe(0);
  });

  test('a last store before the wait is caught, with lines of the tree', () => {
    const { status, stdout } = ran.get(`${name} early`)!;
    expect(stdout).toContain(`profile ${name}+ (`);
    expect(stdout).toContain('BREAKS stale-after-update');
    expect(stdout).toMatch(/(install_new|kvm_swap_active)_memslots\(\) virt\/kvm\/kvm_main.c/);
    expect(stdout).toMatch(/:\d+ synchronize_srcu_expedited\(\) begins/);
    expect(status).toBe(1);
  });
});

test('where no profile fits, it is said what each of them lacks, and in which file', () => {
  const { status, stderr } = ran.get('other')!;
  expect(stderr).toContain('no profile has the shape of this tree, which is not found in ');
  for (const { name } of PROFILES)
    expect(stderr).toMatch(new RegExp(`[ (]${name.replace('+', '\\+')}[,)]`));
  expect(stderr).toContain(
    `${MAIN}: kvm_swap_active_memslots() takes the VM and an address space (as v5.17+)`,
  );
  expect(status).toBe(3);
});

test('what rules without a port are known for needs no port that does the same', () => {
  const { status, stdout } = ran.get('ruled')!;
  expect(stdout).toContain('1 (ept)  holds, but for what these kernels are known for');
  expect(status).toBe(0);
});

test('a bug is mended where its rule holds, and nobody can tell where others fail as well', () => {
  const [plain, early] = [ran.get('v5.17 mended')!, ran.get('v5.17-early mended')!];
  expect([plain.status, plain.stdout.split('\n')[0]]).toEqual([
    0,
    'COMPLETE as far as its rules tell: of its pieces nothing is known',
  ]);
  expect(early.stdout).toMatch(/^CANNOT TELL other rules fail there, which may hide it: stale-/);
  expect(early.status).toBe(3);
});

test('a file that the profile needs and the tree has not is named', () => {
  const { status, stderr } = ran.get('lacking')!;
  expect(stderr).toContain('arch/x86/kvm/x86.h is not in the tree, but its shape is v4.2+');
  expect(status).toBe(3);
});
