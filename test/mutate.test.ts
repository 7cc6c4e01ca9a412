// SPDX-License-Identifier: GPL-2.0-only
// Does `mutate` say of a tree's mutants what is true of them? On a miniature kernel of our own: who
// is killed and by which line, who lives, who is not reached, and what is no kill.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inOneProcess, type Ran } from './command-lines.ts';

const MINI = fileURLToPath(new URL('fixtures/trees/v3.12', import.meta.url));
const SCENARIO = 'mmio-cache/a-created-slot-is-seen.1v1u1f';
const COMMON = ['mutate', '--tree', MINI, '--mmio', 'ept', '--scenario', SCENARIO];
const FUNCTIONS = 'install_new_memslots,kvm_set_memory_region';
const CHOSEN = ['--functions', FUNCTIONS, '--operator', 'delete-statement,drop-mask,drop-order'];

let folder: string;
let ran: Ran[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-mutate-'));
  ran = inOneProcess(folder, [
    [...COMMON, ...CHOSEN, '--report', join(folder, 'reports')],
    [...COMMON, ...CHOSEN, '--sample', '3', '--json', '--workers', '2'],
    [...COMMON, ...CHOSEN, '--sample', '3', '--json', '--workers', '1'],
    [...COMMON, '--functions', 'gfn_to_memslot', '--operator', 'drop-shift'],
    [...COMMON, '--functions', 'install_new_memslots', '--operator', 'swap-statements', '--list'],
    [...COMMON, '--functions', 'sort_memslot', '--list'],
    [...COMMON, ...CHOSEN.slice(0, 2), '--sample', '1', '--json', '--budget-states', '1'],
    [...COMMON, '--functions', 'is_mmio_spte', '--sample', '1', '--json'],
  ]);
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('what became of a sample of mutants, with lines of the tree', async () => {
  const { status, stdout } = ran[0]!;
  const text = stdout.replaceAll(MINI, 'test/fixtures/trees/v3.12');
  await expect(text).toMatchFileSnapshot('golden/mutate.txt');
  expect(status).toBe(0);
});

test('a sample is the same with any number of workers', () => {
  expect(ran[1]!.status).toBe(0);
  expect(JSON.parse(ran[1]!.stdout).verdicts).toHaveLength(3);
  expect(ran[2]!.stdout).toBe(ran[1]!.stdout);
});

test('the report is valid in the schema of mutation reports, in language c', () => {
  const { resolve } = createRequire(import.meta.url);
  const schema = JSON.parse(
    readFileSync(
      resolve('mutation-testing-report-schema/mutation-testing-report-schema.json'),
      'utf8',
    ),
  );
  const isValid = new Ajv({ strict: false, formats: { uri: true } }).compile(schema);
  const document = JSON.parse(readFileSync(join(folder, 'reports/mutation.json'), 'utf8'));
  expect(isValid(document)).toBe(true);
  const main = document.files['virt/kvm/kvm_main.c'];
  expect(main.language).toBe('c');
  expect(main.source).toBe(readFileSync(join(MINI, 'virt/kvm/kvm_main.c'), 'utf8'));
  const statuses = main.mutants.map(({ status }: { status: string }) => status);
  expect(new Set(statuses)).toContain('Killed');
  expect(ran[0]!.stderr).toContain('holds text of the tree');
});

test('no mutant at all is a failure', () => {
  const { status, stderr } = ran[3]!;
  expect(stderr).toContain('there is no mutant of what was chosen');
  expect(status).toBe(3);
});

test('a list of mutants tells each with its line', () => {
  const { status, stdout } = ran[4]!;
  expect(stdout).toContain(
    'install_new_memslots/swap-statements.4  virt/kvm/kvm_main.c:75: ' +
      '"rcu_assign_pointer(kvm->memslots, slots);" becomes',
  );
  expect(status).toBe(0);
});

test('a function that does not run is answered with those that do', () => {
  const { status, stderr } = ran[5]!;
  expect(stderr).toContain("there is no function 'sort_memslot'; did you mean");
  expect(status).toBe(2);
});

test('where no unit has an answer nothing is killed', () => {
  const { status, stdout } = ran[6]!;
  expect(JSON.parse(stdout)).toMatchObject({ isComplete: false, verdicts: [] });
  expect(status).toBe(3);
});

test('a canary in a function that prints entries crashes no table', () => {
  const { status, stdout } = ran[7]!;
  expect(JSON.parse(stdout)).toMatchObject({ isComplete: true, problems: [] });
  expect(status).toBe(0);
});
