// SPDX-License-Identifier: GPL-2.0-only
// Is every mutant of every era what its name says? The golden file shows them all, as diffs: it is
// read in review like code, and `npm run golden` writes it anew.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { onMutant } from '#lab/patched';
import { eraNames, portOf } from '#lab/ports';
import { allMutants, loadMakers } from '#lab/registry';
import { INVARIANTS } from '#lab/suites';
import { loadSystem } from '#lab/variants';
import { PAGE_SHIFT, PAGE_SIZE } from '#linux/page';
import { corpusOf } from '#mutation/make';
import { FAMILIES, type Mutant } from '#mutation/mutant';
import type { AccessKind, Vm } from '#vocabulary';
import { direct, GFNS } from '../reference/direct.ts';
import { ERAS } from '../reference/eras.ts';

const mutants = await allMutants();
const makers = await loadMakers();

const named = (id: string): Mutant => {
  const found = mutants.find((mutant) => mutant.id === id);
  if (found === undefined) throw new Error(`there is no mutant ${id}`);
  return found;
};

test('the list of all mutants, and of what is counted as one of them', async () => {
  const lines = mutants.map(({ id, description, sameAs }) =>
    [id, description, ...(sameAs === null ? [] : [`same as ${sameAs}`])].join(': '),
  );
  const merged = eraNames().flatMap((era) => corpusOf(portOf(era), makers).merged);
  const twins = merged.map(({ id, into }) => `${id} is ${into}`);
  const texts = [...lines, '', 'Counted as another of the same code:', ...twins];
  await expect(`${texts.join('\n')}\n`).toMatchFileSnapshot('golden/all-mutants.txt');
});

test('what each operator does first in each era, and every regression and control', async () => {
  const shown = mutants.filter(
    ({ era, kind, name }, index) =>
      kind !== 'operator' ||
      mutants.findIndex((other) => other.era === era && other.name === name) === index,
  );
  // Line numbers would change with every line that the port gains elsewhere.
  const texts = shown.map(({ id, diff }) => `${id}\n${diff.replace(/^@@ .* @@$/gm, '@@')}`);
  await expect(texts.join('\n')).toMatchFileSnapshot('golden/diffs.txt');
});

test('every operator, regression and control makes a mutant of some era', () => {
  const names = [makers.operators, makers.regressions, makers.controls].flat().map((m) => m.name);
  expect([...new Set(mutants.map((mutant) => mutant.name))].sort()).toEqual(names.sort());
});

test('docs/OPERATORS.md shows code that is there, and a row for every family', () => {
  const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
  const page = read('docs/OPERATORS.md');
  const shown = [...page.matchAll(/`(mutants\/operators\/\S+\.ts)`[^`]*```ts\n(.*?)```/gs)];
  expect(shown.map(([, path, code]) => read(path!).includes(code!))).toEqual([true, true]);
  const rows = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, family]) => family);
  expect(rows).toEqual([...FAMILIES]);
  expect(FAMILIES.filter((one) => !makers.operators.some((o) => o.family === one))).toEqual([]);
});

test('every mutant loads as the system of its era', async () => {
  for (const mutant of mutants) {
    const era = await onMutant(mutant, (system) => system.era);
    expect(era).toBe(mutant.era);
  }
});

test('eras are found in the folder of systems and are those of the port', () => {
  expect(eraNames()).toEqual(ERAS.map((era) => era.name));
});

test('a regression names its commit by 12 hex digits, and its subject as the eras do', () => {
  const commits = ERAS.flatMap((era) => era.commits);
  for (const { commit, subject } of makers.regressions) {
    if (commit === null) continue;
    expect(commit).toMatch(/^[0-9a-f]{12}$/);
    const known = commits.find(({ id }) => id === commit);
    if (known !== undefined) expect(subject).toBe(known.subject);
  }
});

test('an era that has a regression unfixed is known to break each of its invariants', async () => {
  for (const { name, breaks, unfixed, eras } of makers.regressions) {
    for (const era of unfixed) {
      const known = INVARIANTS.filter(({ knownBreaks }) =>
        knownBreaks.some((one) => one.era === era),
      );
      expect([name, era, known.map((one) => one.name)]).toEqual([
        name,
        era,
        expect.arrayContaining([...breaks]),
      ]);
    }
    expect(eras.filter((era) => unfixed.includes(era))).toEqual([]);
  }
});

test('single-increment is both increments before publication', () => {
  expect(named('v3.17/history/single-increment').sameAs).toBe(
    'v3.17/install_new_memslots/both-increments-before-publish.1',
  );
});

const X = GFNS[0]! << PAGE_SHIFT;

/** Creates a slot over X and returns the generation at rest. */
function generationAfterCreate(vm: Vm): bigint {
  createSlot(vm);
  return BigInt.asIntN(64, vm.generation());
}

function createSlot(vm: Vm): number {
  const [memory_size, userspace_addr] = [PAGE_SIZE, 0x200n << PAGE_SHIFT];
  return vm.setMemoryRegion({ slot: 0, flags: 0, guest_phys_addr: X, memory_size, userspace_addr });
}

/** Two vCPUs use X as MMIO, a slot is created there, the first one goes on. */
function mmioThenSlot(vm: Vm): AccessKind[] {
  const [a, b] = [vm.vcpu(null), vm.vcpu(null)];
  const access = (vcpu: object) => vm.access(vcpu, X).kind;
  const before = [access(a), access(b)];
  createSlot(vm);
  return [...before, access(a)];
}

async function outcome<T>(id: string | null, code: (vm: Vm) => T): Promise<T> {
  return direct(await loadSystem('v3.17', id === null ? null : named(id)), {}, code).result;
}

test.each([
  [null, -148n],
  ['v3.17/install_new_memslots/drop-increment.1', -149n],
  ['v3.17/install_new_memslots/drop-increment.2', -149n],
  ['v3.17/install_new_memslots/drop-first-keep-parity.1', -148n],
  ['v3.17/history/single-increment', -148n],
  ['v3.17/controls/increments-by-helper', -148n],
])('%s leaves the generation at %d after one update', async (id, generation) => {
  expect(await outcome(id, generationAfterCreate)).toBe(generation);
});

test.each([
  [null, ['mmio-lookup', 'mmio-spte', 'mapped']],
  ['v3.17/history/vcpu-cache-without-generation', ['mmio-lookup', 'mmio-spte', 'mmio-vcpu']],
  ['v3.17/history/biased-generation', ['mmio-lookup', 'mmio-lookup', 'mapped']],
])('%s is seen by one thread as %j', async (id, kinds) => {
  expect(await outcome(id, mmioThenSlot)).toEqual(kinds);
});

test('no control changes what one thread sees', async () => {
  for (const mutant of mutants.filter(({ kind }) => kind === 'control')) {
    const unmutated = await loadSystem(mutant.era, null);
    const system = await loadSystem(mutant.era, mutant);
    expect(direct(system, {}, mmioThenSlot)).toEqual(direct(unmutated, {}, mmioThenSlot));
  }
});
