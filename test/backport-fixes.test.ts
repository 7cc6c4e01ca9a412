// SPDX-License-Identifier: GPL-2.0-only
// What is said of other fixes than the first one, on miniature kernels that have all, some or none
// of their pieces? Each tree is the miniature with edits in memory.

import { expect, test } from 'vitest';
import { modulesOf } from '#lab/modules';
import type { Regression } from '#mutation/mutant';
import { loadTree } from '../src/c/load.ts';
import { loadParser } from '../src/c/text/ast.ts';
import { backportResult } from '../src/cli/backport-result.ts';
import { folderFiles } from '../src/cli/tree-files.ts';
import { columns } from '../src/report/texts.ts';
import { loadFixes } from '../src/review/fixes.ts';

const regressions = await modulesOf<Regression>(
  new URL('../mutants/history/', import.meta.url),
  'regression',
);
const parser = await loadParser();
const read = folderFiles('test/fixtures/trees/v3.12');
const MAIN = 'virt/kvm/kvm_main.c';
const X86 = 'arch/x86/kvm/x86.h';

type Edit = readonly [path: string, from: string, to: string];

function treeWith(edits: readonly Edit[]) {
  return loadTree(parser, (path) => {
    let text = read(path);
    for (const [file, from, to] of edits) {
      if (file !== path || text === null) continue;
      expect(text.split(from), `${path}: ${from}`).toHaveLength(2);
      text = text.replace(from, to);
    }
    return text;
  });
}

async function verdictOn(name: string, edits: readonly Edit[]) {
  const regression = regressions.find((one) => one.name === name)!;
  const options = { budgetStates: null, onUnit: () => {}, isOver: () => false };
  const { findings, judgement } = await backportResult('', treeWith(edits), regression, options);
  const marks = findings.pieces.map(({ answer }) => ({ yes: 'x', no: '-', unknown: '?' })[answer]);
  const rules = findings.invariants.map(({ state }) => `${state}`);
  return { pieces: marks.join(''), rules, ...judgement };
}

test('the miniature: each fix with its pieces, its rules and the verdict', async () => {
  const rows: string[][] = [];
  for (const { name } of await loadFixes()) {
    const { pieces, rules, word, why } = await verdictOn(name, []);
    rows.push([name, pieces, rules.join(' '), why === '' ? word : `${word}: ${why}`]);
  }
  await expect(`${columns(rows).join('\n')}\n`).toMatchFileSnapshot('golden/backports.txt');
});

/** What takes each piece of 56f17dd3fbc4 away: the number, and both comparisons. */
const NO_NUMBER: Edit = [X86, '\tvcpu->arch.mmio_gen = kvm_memslots(vcpu->kvm)->generation;\n', ''];
const NO_GVA: Edit = [X86, 'mmio_gen_is_current(vcpu) && vcpu->arch.mmio_gva &&', '\n'];
const NO_GPA: Edit = [X86, 'mmio_gen_is_current(vcpu) && vcpu->arch.mmio_gfn &&', '\n'];

test.each([
  ['xxx', [], 'complete', ''],
  ['-xx', [NO_NUMBER], 'partial', 'missing the number kept'],
  ['x-x', [NO_GPA], 'partial', 'missing the number compared for physical addresses'],
  ['xx-', [NO_GVA], 'partial', 'missing the number compared for virtual addresses'],
  ['---', [NO_NUMBER, NO_GPA, NO_GVA], 'not fixed', 'stale-after-update fails'],
] as const)(
  'a tree with the pieces %s of the number in the cache',
  async (pieces, edits, word, why) => {
    const verdict = await verdictOn('vcpu-cache-without-generation', edits);
    expect(verdict).toMatchObject({ pieces, word });
    expect(verdict.why).toContain(why);
  },
);

const STORE = '\tslots->generation++;\n';
const ZAP = 'kvm_mmu_invalidate_zap_all_pages(kvm);\n';

test.each([
  ['--', '', 'not fixed'],
  ['x-', `${STORE}\tif (!(slots->generation & MMIO_GEN_MASK))\n\t\t${ZAP}`, 'not fixed'],
  ['xx', `\tif (!((slots->generation + 1) & MMIO_GEN_MASK))\n\t\t${ZAP}${STORE}`, 'complete'],
])('a tree with the pieces %s of the zap before the number', async (pieces, to, word) => {
  const edits: Edit[] = to === '' ? [] : [[MAIN, STORE, to]];
  const verdict = await verdictOn('zap-after-wrapped-store', edits);
  expect(verdict).toMatchObject({ pieces, word });
  if (pieces === '--') expect(verdict.why).toContain('needed first: e59dbe09f8e6');
});
