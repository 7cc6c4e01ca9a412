// SPDX-License-Identifier: GPL-2.0-only
// Are the eight ways of taking only some pieces of ee3d1570b586 told apart, by what a tree does and
// by the suites? The trees are made in memory from the miniature kernel, which has the fix;
// `npm run bench -- half-backports` does the same with a real one.

import { describe, expect, test } from 'vitest';
import { regression as memfdFlag } from '../mutants/history/memfd-flag-toggled.ts';
import { regression } from '../mutants/history/single-increment.ts';
import { regression as inWindow } from '../mutants/history/vcpu-cache-filled-in-window.ts';
import { regression as activeSpace } from '../mutants/history/vcpu-cache-wrong-address-space.ts';
import { loadTree } from '../src/c/load.ts';
import { loadParser } from '../src/c/text/ast.ts';
import { backportResult } from '../src/cli/backport-result.ts';
import { folderFiles } from '../src/cli/tree-files.ts';
import { type BackportResult, backportText } from '../src/review/fix-text.ts';
import { fixesDocument, fixesText } from '../src/review/fixes-text.ts';

const parser = await loadParser();
const read = folderFiles('test/fixtures/trees/v3.12');
const MAIN = 'virt/kvm/kvm_main.c';
const MMU = 'arch/x86/kvm/mmu.c';

type Edit = readonly [path: string, from: string, to: string];

/** What takes each piece away. */
const WITHOUT: Readonly<Record<'P' | 'A' | 'B', readonly Edit[]>> = {
  P: [
    [
      MMU,
      'kvm_memslots(kvm)->generation & MMIO_GEN_MASK',
      '(kvm_memslots(kvm)->generation + MMIO_MAX_GEN - 150) & MMIO_GEN_MASK',
    ],
  ],
  A: [
    [MAIN, '\tslots->generation++;\n', ''],
    [MAIN, '\tWARN_ON(old->generation & 1);\n', ''],
  ],
  B: [
    [MMU, 'GEN_LOW_MASK 0x3fe', 'GEN_LOW_MASK 0x1ff'],
    [MMU, 'MMIO_GEN_MASK 0xfffff', 'MMIO_GEN_MASK 0x7ffff'],
    [MMU, '(gen & GEN_LOW_MASK) << 2', '(gen & GEN_LOW_MASK) << 3'],
    [MMU, '(gen >> 10) << 52', '(gen >> 9) << 52'],
    [MMU, 'bits >> 2 & GEN_LOW_MASK', 'bits >> 3 & GEN_LOW_MASK'],
    [MMU, '(bits >> 52) << 10', '(bits >> 52) << 9'],
  ],
};

function treeWith(pieces: string) {
  const edits = (['P', 'A', 'B'] as const).flatMap((piece) =>
    pieces.includes(piece) ? [] : WITHOUT[piece],
  );
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

/** Rules in the order of the fix: after the ioctl, in the window, at rest, no tag in flux. */
const EIGHT: readonly (readonly [pieces: string, rules: string, verdict: string])[] = [
  ['---', 'xx.x', 'not fixed'],
  ['--B', 'xxxx', 'partial'],
  ['-A-', '.x.x', 'partial'],
  ['-AB', '.xxx', 'partial'],
  ['P--', 'xx.x', 'not fixed'],
  ['P-B', 'xxx.', 'partial'],
  ['PA-', '.x.x', 'partial'],
  ['PAB', '....', 'complete'],
];

describe.each(EIGHT)('a tree with the pieces %s', (pieces, rules, verdict) => {
  test(`breaks ${rules} and is ${verdict}`, async () => {
    const options = { budgetStates: null, onUnit: () => {}, isOver: () => false };
    const result = await backportResult('a tree', treeWith(pieces), regression, options);
    const { findings, judgement } = result;
    const answers = findings.pieces.map(({ answer }, i) => (answer === 'yes' ? 'PAB'[i] : '-'));
    expect(answers.join('')).toBe(pieces);
    const states = findings.invariants.map(({ state }) => (state === 'FAIL' ? 'x' : '.'));
    expect(states.join('')).toBe(rules);
    expect(findings.invariants.map(({ state }) => state)).not.toContain('unknown');
    expect(judgement.word).toBe(verdict);
    if (pieces === '-AB') {
      const text = backportText(result).replace(/functions [0-9a-f]{8}/, 'functions HASH');
      await expect(text).toMatchFileSnapshot('golden/backport.txt');
    }
  });
});

test('several fixes are told in a line or two each, what is missing first', async () => {
  const options = { budgetStates: null, onUnit: () => {}, isOver: () => false };
  const tree = treeWith('PA-');
  const results: BackportResult[] = [];
  for (const one of [inWindow, activeSpace, memfdFlag, regression])
    results.push(await backportResult('a tree', tree, one, options));
  const text = fixesText(results, 4).replace(/functions [0-9a-f]{8}/, 'functions HASH');
  await expect(text).toMatchFileSnapshot('golden/backports-of-a-tree.txt');
  const { fixes } = fixesDocument(results, 4) as { fixes: BackportResult[] };
  expect(fixes.map(({ judgement }) => judgement.word)).toEqual([
    'not fixed',
    'partial',
    'cannot tell',
    'not affected',
  ]);
  expect(fixesText(results, 6)).toMatch(
    /^Interrupted: 2 of 6 were not asked about\.\nFixes \(4\): /,
  );
  expect(fixesDocument(results, 6)).toMatchObject({ isInterrupted: true });
  expect(() => fixesText([], 4)).toThrow('no fix was asked about');
});
