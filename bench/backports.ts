// SPDX-License-Identifier: GPL-2.0-only
// What does `backport` say of each fix whose pieces are known, on kernel trees that the user has?
// Their files are read and never written.

import { modulesOf } from '#lab/modules';
import type { Regression } from '#mutation/mutant';
import { loadTree } from '../src/c/load.ts';
import { loadParser } from '../src/c/text/ast.ts';
import { backportResult } from '../src/cli/backport-result.ts';
import { folderFiles } from '../src/cli/tree-files.ts';
import { columns } from '../src/report/texts.ts';
import { loadFixes } from '../src/review/fixes.ts';

const HISTORY = new URL('../mutants/history/', import.meta.url);

/** Prints a row for each fix and tree: pieces that are there, rules that fail, the verdict. */
export async function backports(
  folders: readonly string[],
  print: (text: string) => void,
): Promise<void> {
  const parser = await loadParser();
  const regressions = await modulesOf<Regression>(HISTORY, 'regression');
  const options = { budgetStates: null, onUnit: () => {}, isOver: () => false };
  for (const folder of folders) {
    const tree = loadTree(parser, folderFiles(folder));
    const rows = [['fix', 'pieces', 'rules', 'verdict']];
    for (const { name } of await loadFixes()) {
      const regression = regressions.find((one) => one.name === name)!;
      const { findings, judgement } = await backportResult(folder, tree, regression, options);
      const pieces = findings.pieces.map(({ answer }) => MARK[answer]).join('');
      const rules = findings.invariants.map(({ state }) => MARK[state]).join('');
      const { word, why } = judgement;
      rows.push([name, pieces, rules, why === '' ? word : `${word}: ${why}`]);
    }
    print(`${folder} (${tree.profile.name})\n${columns(rows).join('\n')}\n`);
  }
}

/** A piece that is there, or a rule that breaks. */
const MARK = { yes: 'x', no: '-', unknown: '?', holds: '-', FAIL: 'x' } as const;
