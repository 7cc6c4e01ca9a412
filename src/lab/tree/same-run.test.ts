// SPDX-License-Identifier: GPL-2.0-only
// Does a patched tree get the same answers where they are taken from the tree before it, and are
// any taken at all? And are mutants of the touched lines told apart? On the miniature kernel.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadTree } from '../../c/load.ts';
import { loadParser } from '../../c/text/ast.ts';
import { SCENARIOS } from '../suites.ts';
import { isSame, runSide } from './same-run.ts';
import { runTouchedMutants } from './touched-mutants.ts';

const parser = await loadParser();
const FOLDER = new URL('../../../test/fixtures/trees/v3.12/', import.meta.url);
const MAIN = 'virt/kvm/kvm_main.c';
const MMU = 'arch/x86/kvm/mmu.c';

/** The miniature with one edit. */
function treeWith(file: string, from: string, to: string) {
  return loadTree(
    parser,
    (path) => {
      const text = readOrNull(path);
      if (path !== file || text === null) return text;
      expect(text.split(from)).toHaveLength(2);
      return text.replace(from, to);
    },
    { tellsReached: true },
  );
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(new URL(path, FOLDER), 'utf8');
  } catch {
    return null;
  }
}

const IDS = ['mmio-cache/a-created-slot-is-seen.1v1u1f', 'spte/every-generation-comes-back'];
const choice = {
  scenarios: SCENARIOS.filter(({ id }) => IDS.includes(id)),
  mmio: null,
  memoryModel: 'sc',
  budgetStates: 20_000,
} as const;

const STEP = '\tslots->generation++;\n';
const tree = treeWith(MAIN, STEP, STEP);
const before = await runSide(tree, choice, null);

/** What is run on a patched tree, and all its answers. */
async function after(file: string, from: string, to: string) {
  const patched = treeWith(file, from, to);
  const run: string[] = [];
  const side = await runSide(patched, choice, before, ({ scenario }) => run.push(scenario));
  return { patched, side, run: [...new Set(run)] };
}

test('answers that are taken over are those that a run would have given', async () => {
  for (const [file, from, to] of [
    [MAIN, STEP, '\tslots->generation += 1;\n'],
    [MAIN, STEP, ''],
    [MMU, 'return (bits >> 2 & GEN_LOW_MASK) |', 'return (GEN_LOW_MASK & bits >> 2) |'],
  ] as const) {
    const { patched, side } = await after(file, from, to);
    const whole = await runSide(patched, choice, null);
    expect(side.run.results).toEqual(whole.run.results);
  }
});

test('only what comes to a changed function is run again', async () => {
  const update = await after(MAIN, STEP, '\tslots->generation += 1;\n');
  expect(update.run).toEqual(['mmio-cache/a-created-slot-is-seen.1v1u1f']);
  // A macro stands outside of all functions: nobody knows what it reaches.
  const macro = await after(
    MMU,
    '#define MMIO_MAX_GEN MMIO_GEN_MASK',
    '#define MMIO_MAX_GEN 0xfffff',
  );
  expect(macro.run).toEqual(IDS);
});

test('a comment inside of a function changes nothing, and its text elsewhere may', () => {
  expect(isSame(tree, treeWith(MAIN, STEP, STEP))).toBe(true);
  expect(isSame(tree, treeWith(MAIN, STEP, ''))).toBe(false);
});

test('mutants of touched lines die or live, and budgets are counts', async () => {
  const { side } = await after(MAIN, STEP, '\tslots->generation += 1;\n');
  const run = (steps: number) => runTouchedMutants(parser, tree, side, steps, () => false);
  const { mutants, notRun, left } = run(1_000_000);
  expect({ notRun, left }).toEqual({ notRun: 0, left: [] });
  const dead = mutants.filter(({ breaks }) => breaks.length > 0);
  const ids = ['delete-statement.6', 'change-number.3'];
  expect(dead.map(({ id }) => id)).toEqual(ids.map((id) => `install_new_memslots/${id}`));
  expect(dead.every(({ breaks }) => breaks.includes('generation-monotonic'))).toBe(true);
  expect(run(1_000_000)).toEqual(run(1_000_000));
  const spent = run(1);
  expect(spent.mutants.length + spent.notRun).toBe(mutants.length);
  expect(spent.notRun).toBeGreaterThan(0);
});
