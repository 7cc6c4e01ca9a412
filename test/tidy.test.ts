// SPDX-License-Identifier: GPL-2.0-only
// Do the rules hold that no compiler checks? Each is held against the repository, and each is shown
// a text that breaks it.

import { expect, test } from 'vitest';
import { importRule, importTable, noDeadFile, noNetwork } from './tidy/imports.ts';
import { unknown } from './tidy/known.ts';
import {
  bigintsWhereAllowed,
  faultsOnlyInTests,
  noClock,
  noModuleState,
  noStringInPorts,
  noTryInPorts,
} from './tidy/language.ts';
import {
  folderMap,
  kernelPath,
  kernelPaths,
  mapRule,
  mutantsAreShown,
  noShell,
  oneTitle,
  uniqueFunctions,
} from './tidy/names.ts';
import { licenceLine, noFixme, shortFiles, shortFunctions, shortLines } from './tidy/size.ts';
import { type Rule, repository, sourceOf } from './tidy/source.ts';

const sources = repository();
const architecture = sources.find(({ path }) => path === 'docs/ARCHITECTURE.md')!.text;
const PORT = 'reference/v3.17/virt/kvm/kvm_main.ts';

/** What a rule says of one file with this text. */
const findings = (rule: Rule, text: string, path = PORT) => rule([sourceOf(path, text)]);

/** How many of these texts break a rule, each alone. */
const broken = (rule: Rule, texts: readonly string[], path = PORT) =>
  texts.filter((text) => findings(rule, text, path).length > 0).length;

test('git lists the sources of every part', () => {
  for (const part of ['src/explorer/', 'src/linux/', 'reference/v3.17/', 'mutants/', 'docs/']) {
    expect(sources.some(({ path }) => path.startsWith(part))).toBe(true);
  }
});

test('the import table of docs/ARCHITECTURE.md holds', () => {
  expect(importRule(importTable(architecture))(sources)).toEqual([]);
});

test('an import that the table does not have is found, whatever its form', () => {
  const rule = importRule(importTable(architecture));
  const forms = [
    "import { struct } from '#linux/struct';",
    "import type { struct } from '../linux/struct.ts';",
    "export { struct } from '#linux/struct';",
    "type A = import('#linux/struct').A;",
    "const a = await import('../../reference/eras.ts');",
  ];
  expect(broken(rule, forms, 'src/explorer/a.ts')).toBe(5);
  expect(findings(rule, forms[0]!, 'src/explorer/a.test.ts')).toEqual([]);
  expect(findings(rule, forms[0]!, 'src/explorer/litmus/a.ts')).toEqual([]);
  expect(findings(rule, "import { a } from './b.ts';", 'src/explorer/a.ts')).toEqual([]);
  expect(findings(rule, forms[0]!, 'src/new/a.ts')).toEqual([
    'src/new/a.ts:1: src/new/ has no row',
  ]);
  expect(() => importTable('no table')).toThrow('no import table');
});

test('the map of folders is the tree', () => {
  expect(mapRule(architecture)(sources)).toEqual([]);
  expect(folderMap(architecture).length).toBeGreaterThan(20);
});

test('a folder that is only on the map or only in the tree is found', () => {
  const map = '## Folders\n\n```text\na/     one\nb/     (planned) two\nc/<d>/ three\n```\n';
  const files = (...paths: string[]) => mapRule(map)(paths.map((path) => sourceOf(path, '')));
  expect(files('a/x.ts', 'c/y/x.ts', 'c/y/golden/z.txt', 'root.ts')).toEqual([]);
  expect(files('a/x.ts')).toEqual(['c/<d>/ is not there']);
  expect(files('a/x.ts', 'b/x.ts', 'c/y/x.ts')).toEqual(['b/ is not on the map', 'b/ is there']);
  expect(() => folderMap('no map')).toThrow('no map of folders');
});

test('nothing in a port catches or waits', () => {
  expect(noTryInPorts(sources)).toEqual([]);
  const bad = [
    'try { a(); } finally { b(); }',
    'async function a() {}',
    'const a = async () => await b;',
    'function* a() { yield 1; }',
  ];
  expect(broken(noTryInPorts, bad)).toBe(bad.length);
  expect(broken(noTryInPorts, bad, 'src/lab/a.ts')).toBe(0);
});

test('modules of a port hold no state', () => {
  expect(noModuleState(sources)).toEqual([]);
  const bad = ['let a = 1;', 'var a;', 'const a = new Map();', 'const a = [];', 'const a = {};'];
  expect(broken(noModuleState, bad)).toBe(bad.length);
  expect(broken(noModuleState, ['const A = 1n;', 'function f() { let a = []; }'])).toBe(0);
});

test('a port has no string but labels and imports', () => {
  expect(noStringInPorts(sources)).toEqual([]);
  const bad = ["f('a');", 'const a = `b`;', "if (a === 'b') c();", "struct(label, { a: 'b' });"];
  expect(broken(noStringInPorts, bad)).toBe(bad.length);
  const good = ["const a = struct('a', {});", "import { b } from './b.ts';", "let a: 'b';"];
  expect(broken(noStringInPorts, good)).toBe(0);
});

test('what decides reads no clock, no chance and no environment', () => {
  expect(noClock(sources)).toEqual([]);
  const bad = [
    'const a = Date.now();',
    'const a = Math.random();',
    'performance.now();',
    'setTimeout(a, 1);',
    'const a = process.env.A;',
  ];
  expect(broken(noClock, bad, 'src/explorer/a.ts')).toBe(bad.length);
  expect(broken(noClock, bad, 'suites/a.ts')).toBe(bad.length);
  expect(broken(noClock, bad, 'bench/a.ts')).toBe(0);
});

test('bigint literals stand where u64 values are made', () => {
  expect(bigintsWhereAllowed(sources)).toEqual([]);
  expect(broken(bigintsWhereAllowed, ['const a = 1n;'], 'src/lab/a.ts')).toBe(1);
  expect(broken(bigintsWhereAllowed, ['const a = 1n;'], 'src/lab/a.test.ts')).toBe(0);
});

test('only tests put faults into the engines', () => {
  expect(faultsOnlyInTests(sources)).toEqual([]);
  const texts = ['search(p, { faults: { unlockIsPrivate: true } });'];
  expect(broken(faultsOnlyInTests, texts, 'src/lab/a.ts')).toBe(1);
  expect(broken(faultsOnlyInTests, texts, 'src/lab/a.test.ts')).toBe(0);
  expect(broken(faultsOnlyInTests, ['f({ faults: options.faults });'], 'src/lab/a.ts')).toBe(0);
});

test('files have 300 lines at most, ports aside', () => {
  expect(unknown('files', shortFiles(sources))).toEqual([]);
  expect(broken(shortFiles, ['a;\n'.repeat(301)], 'src/lab/a.ts')).toBe(1);
  expect(broken(shortFiles, ['a;\n'.repeat(300)], 'src/lab/a.ts')).toBe(0);
  expect(broken(shortFiles, ['a;\n'.repeat(301)])).toBe(0);
});

test('functions have 70 lines at most, ports aside', () => {
  expect(shortFunctions(sources)).toEqual([]);
  const long = (lines: number) => `function f() {\n${'a;\n'.repeat(lines - 2)}}\n`;
  expect(broken(shortFunctions, [long(71), `g(() => {\n${'a;\n'.repeat(70)}});`], 'src/a.ts')).toBe(
    2,
  );
  expect(broken(shortFunctions, [long(70)], 'src/a.ts')).toBe(0);
});

test('lines have 100 columns at most', () => {
  expect(unknown('columns', shortLines(sources))).toEqual([]);
  expect(broken(shortLines, [`// ${'x'.repeat(98)}`])).toBe(1);
  expect(broken(shortLines, [`// ${'─'.repeat(97)}`])).toBe(0);
});

test('every source says its licence first', () => {
  expect(licenceLine(sources)).toEqual([]);
  expect(broken(licenceLine, ['a;\n// SPDX-License-Identifier: GPL-2.0-only', '// MIT'])).toBe(2);
  expect(broken(licenceLine, ['#!/bin/sh\n# SPDX-License-Identifier: GPL-2.0-only'], 'a.sh')).toBe(
    0,
  );
});

test('nothing is marked as unfinished', () => {
  expect(noFixme(sources)).toEqual([]);
  expect(broken(noFixme, [`// ${['FIX', 'ME'].join('')} later`], 'docs/a.md')).toBe(1);
});

test('every file is imported, started or found by a registry', () => {
  expect(noDeadFile(sources)).toEqual([]);
  const files = [
    sourceOf('src/a.ts', "import './b.ts';"),
    sourceOf('src/b.ts', "new URL('worker.ts', import.meta.url);"),
    sourceOf('src/worker.ts', ''),
    sourceOf('src/dead.ts', ''),
    sourceOf('package.json', '{"start": "node src/a.ts"}'),
  ];
  expect(noDeadFile(files)).toEqual(['src/dead.ts: nothing imports or starts it']);
});

test('nothing in src/ reaches for the network', () => {
  expect(noNetwork(sources)).toEqual([]);
  const bad = ["import 'node:https';", "import('node:net');", "fetch('a');", 'new WebSocket(a);'];
  expect(broken(noNetwork, bad, 'src/lab/a.ts')).toBe(bad.length);
  expect(broken(noNetwork, ['this.fetch(a);'], 'src/lab/a.ts')).toBe(0);
});

test('no program is started through a shell', () => {
  expect(noShell(sources)).toEqual([]);
  const bad = ["import { exec } from 'node:child_process';", "spawn('a', [], { shell: true });"];
  expect(broken(noShell, bad, 'src/lab/a.ts')).toBe(bad.length);
});

test('a function name is unique in an era', () => {
  expect(uniqueFunctions(sources)).toEqual([]);
  const text = 'export function f() {}';
  const two = [sourceOf('reference/v3.17/a.ts', text), sourceOf('reference/v3.17/b.ts', text)];
  expect(uniqueFunctions(two)).toEqual([
    'reference/v3.17/b.ts: v3.17 f is also in reference/v3.17/a.ts',
  ]);
  expect(uniqueFunctions([two[0]!, sourceOf('reference/v3.16/a.ts', text)])).toEqual([]);
});

test('comments of a port name the path and era of their own file', () => {
  expect(kernelPaths(sources)).toEqual([]);
  const bad = [
    '/** virt/kvm/kvm_main.c (v3.16). */',
    '/** arch/x86/kvm/mmu.c (v3.17). */',
    '// arch/x86/kvm/mmu.c: what?',
    '// no path at all',
  ];
  expect(broken(kernelPaths, bad)).toBe(bad.length);
  expect(broken(kernelPaths, ['/** virt/kvm/kvm_main.c (v3.17). Left out: nothing. */'])).toBe(0);
  expect(
    ['v/arch/x86/kvm/x86.h.ts', 'v/include/linux/kvm_host.ts', PORT.slice(10)].map((path) =>
      kernelPath(`reference/${path}`),
    ),
  ).toEqual(['arch/x86/kvm/x86.h', 'include/linux/kvm_host.h', 'virt/kvm/kvm_main.c']);
});

test('every operator has a test and a mutant, every regression a mutant and a commit', () => {
  expect(mutantsAreShown(sources)).toEqual([]);
  const golden = sourceOf('mutants/golden/all-mutants.txt', 'v3.17/f/good.1\nv3.17/history/old\n');
  const files = [
    golden,
    sourceOf('mutants/operators/good.ts', '//\n// idea'),
    sourceOf('mutants/operators/good.test.ts', ''),
    sourceOf('mutants/operators/bad.ts', ''),
    sourceOf('mutants/history/old.ts', "//\n// idea\ncommit: '1234'"),
  ];
  expect(mutantsAreShown(files)).toEqual([
    'mutants/operators/bad.ts: says no idea',
    'mutants/operators/bad.ts: makes no mutant',
    'mutants/operators/bad.ts: has no test',
    'mutants/history/old.ts: names no commit',
  ]);
});

test('a page has one title, and it comes first', () => {
  expect(oneTitle(sources)).toEqual([]);
  const bad = ['no title', '# a\n\n# b', 'text\n# a'];
  expect(broken(oneTitle, bad, 'a.md')).toBe(bad.length);
  expect(broken(oneTitle, ['# a\n```\n# a comment\n```\n'], 'a.md')).toBe(0);
});
