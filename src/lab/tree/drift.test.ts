// SPDX-License-Identifier: GPL-2.0-only
// Does the guard tell a tree from the kernel that a port was written from? On the miniature kernel,
// and on the recorded hashes themselves: what differs between two eras must be what the table of
// eras says that they changed.

import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { ERAS } from '../../../reference/eras.ts';
import { type LoadedTree, loadTree } from '../../c/load.ts';
import { loadParser } from '../../c/text/ast.ts';
import { driftFrom, driftOf, hasDrifted, kernelPath, recorded, writtenFrom } from './drift.ts';

const MINI = new URL('../../../test/fixtures/trees/v3.12/', import.meta.url);
const MAIN = 'virt/kvm/kvm_main.c';

const parser = await loadParser();
let tree: LoadedTree;

function read(path: string): string | null {
  try {
    return readFileSync(new URL(path, MINI), 'utf8');
  } catch {
    return null;
  }
}

beforeAll(() => {
  tree = loadTree(parser, read);
});

test('a tree has not drifted from what was recorded of itself', () => {
  const record = writtenFrom('v3.17', 'miniature', read);
  expect(Object.keys(record.files[MAIN]!)).toContain('install_new_memslots');
  const drift = driftFrom(record, tree, read);
  expect(drift.compared).toBeGreaterThan(30);
  expect(drift).toMatchObject({ kernel: 'miniature', drifted: [] });
  expect(hasDrifted(drift)).toBe(false);
});

test('a function that was edited, moved or taken away is told apart', () => {
  const record = writtenFrom('v3.17', 'miniature', read);
  const text = read(MAIN)!;
  const gone = /static struct kvm_memslots \*install_new_memslots[\s\S]*?\n}\n/.exec(text)![0];
  const edit = (path: string, to: (text: string) => string) =>
    tree.files.map((file) => (file.path === path ? { path, text: to(file.text) } : file));
  const drifted = (files: LoadedTree['files']) =>
    driftFrom(record, { ...tree, files }, () => null).drifted;
  const edited = edit(MAIN, () => text.replace('old->generation + 1', 'old->generation + 2'));
  expect(drifted(edited)).toEqual([
    { name: 'install_new_memslots', file: MAIN, isGone: false, isRun: true },
  ]);
  const without = edit(MAIN, () => text.replace(gone, ''));
  expect(drifted(without)).toMatchObject([{ name: 'install_new_memslots', isGone: true }]);
  const moved = without.map((file) =>
    file.path === 'arch/x86/kvm/x86.c' ? { ...file, text: `${file.text}\n${gone}` } : file,
  );
  expect(drifted(moved)).toEqual([]);
});

test('of an era that nothing is recorded of nothing is known', () => {
  expect(hasDrifted(driftFrom(null, tree, read))).toBe(true);
  expect(driftOf(tree, read).kernel).toBe('3.17.4');
});

test.each([
  ['v3.17/virt/kvm/kvm_main.ts', MAIN],
  ['v3.17/arch/x86/kvm/x86.h.ts', 'arch/x86/kvm/x86.h'],
  ['v6.12/include/linux/kvm_host.ts', 'include/linux/kvm_host.h'],
  ['v6.12/arch/x86/include/asm/kvm_host.ts', 'arch/x86/include/asm/kvm_host.h'],
])('%s mirrors %s', (port, kernel) => {
  expect(kernelPath(port)).toBe(kernel);
});

test('what v3.17 changed is what differs between the kernels of the two ports', () => {
  const [before, after] = [recorded('v3.16')!, recorded('v3.17')!];
  const differing = Object.entries(after.files).flatMap(([file, own]) =>
    Object.entries(own)
      .filter(([name, hash]) => before.files[file]?.[name] !== hash)
      .map(([name]) => name.replace('#', '')),
  );
  const { changed } = ERAS.find(({ name }) => name === 'v3.17')!;
  // Structs have no hash here: a port declares them in another way.
  const isStruct = (name: string) => name === 'kvm_vcpu_arch';
  expect(differing.sort()).toEqual(changed.filter((name) => !isStruct(name)).toSorted());
});
