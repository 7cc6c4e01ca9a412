// SPDX-License-Identifier: GPL-2.0-only
// Is what KVM itself reads and writes of the guest checked on C, too? On the miniature kernel of
// 5.17: as it is, with a page that is not looked for again, and without the functions.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inOneProcess, type Ran } from './command-lines.ts';
import { edit, makeMiniature } from './miniatures.ts';

const MAIN = 'virt/kvm/kvm_main.c';
const IS = 'mapping/a-page-that-kvm-uses-is-where-the-slots-say';
const OFTEN = 'mapping/a-page-that-kvm-uses-often-is-looked-up-again';
const SCENARIOS = [
  `${IS}.deleted.0v1u0f`,
  `${IS}.half-written.0v1u0f`,
  `${IS}.named.0v1u0f`,
  OFTEN,
].join();
const MILLISECONDS_MAX = 120_000;

let folder: string;
let ran: readonly Ran[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-page-caches-'));
  const plain = makeMiniature('v5.17', join(folder, 'plain'));
  const kept = makeMiniature('v5.17', join(folder, 'kept'));
  edit(kept, MAIN, (text) => text.replace('->generation != ghc->generation', '->generation == 77'));
  const unlogged = makeMiniature('v5.17', join(folder, 'unlogged'));
  edit(unlogged, MAIN, (text) => text.replace('\tmark_page_dirty_in_slot(kvm, slot, gfn);\n', ''));
  const lacking = makeMiniature('v5.17', join(folder, 'lacking'));
  edit(lacking, MAIN, (text) => text.replace('int kvm_read_guest_cached(', 'int read_guest('));
  ran = inOneProcess(
    folder,
    [plain, kept, unlogged, lacking].map((tree) => [
      ...['check', '--tree', tree, `--scenario=${SCENARIOS}`],
    ]),
  );
}, MILLISECONDS_MAX);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The line of each claim, and what is not hosted. */
function told({ stdout }: Ran): string {
  const end = stdout.indexOf('\nport ');
  return `${stdout.slice(stdout.indexOf('claim '), end).trim()}\n`;
}

test('what a tree copies is where its slots say, and what is not hosted is told', async () => {
  await expect(told(ran[0]!)).toMatchFileSnapshot('golden/page-caches-held.txt');
  expect(ran[0]!.status).toBe(0);
});

test('a page that is not looked for again is caught, with lines of the tree', () => {
  const { status, stdout } = ran[1]!;
  expect(told(ran[1]!)).toMatch(
    /is-where-the-slots-say.deleted +1 \(ept\) +BREAKS hva-cache-exact/,
  );
  expect(told(ran[1]!)).toMatch(/often-is-looked-up-again +1 \(ept\) +BREAKS .*hva-cache-exact/);
  expect(stdout).toMatch(/copy_range\(\) virt\/kvm\/kvm_main.c/);
  expect(status).toBe(1);
});

test('a page that is written and not logged is caught', () => {
  expect(told(ran[2]!)).toMatch(/often-is-looked-up-again +1 \(ept\) +BREAKS .*hva-cache-exact/);
  expect(ran[2]!.status).toBe(1);
});

test('a tree without the functions hosts none of it, and says so', () => {
  expect(told(ran[3]!)).not.toContain('holds');
  expect(told(ran[3]!)).toContain(
    'not hosted: copies through a gfn_to_hva_cache, for which the tree has no functions',
  );
});
