// SPDX-License-Identifier: GPL-2.0-only
// `check --against-port`: every run of a tree is held against the port of its era.

import type { AgainstPort } from '#lab/tree/against-port';
import type { TreeFiles } from '#lab/tree/tree-files';
import { TreePool } from '#lab/tree/tree-pool';
import { type TreeChoice, treeUnits } from '#lab/tree/tree-run';
import { orderOf, unitName } from '#lab/unit';
import type { LoadedTree } from '../c/load.ts';
import { jsonText } from '../report/schema.ts';
import { type AgainstReport, againstDocument, againstText } from '../report/tree-against.ts';
import type { ExitStatus, Invocation } from './command.ts';
import { isGiven } from './options.ts';
import { treeHostOption } from './tree-option.ts';

/** 0 if all that was compared is the same, 1 if something differs, 3 if nothing can be said. */
export async function checkAgainstPort(
  invocation: Invocation,
  name: string,
  tree: LoadedTree,
  files: TreeFiles,
  choice: TreeChoice,
): Promise<ExitStatus> {
  const { values, output } = invocation;
  const units = treeUnits(tree, choice);
  const tasks = units.map((unit) => ({
    ...{ kind: 'against-port' as const, tree: 0 },
    unit: orderOf(unit),
  }));
  const pool = new TreePool(treeHostOption(invocation), [files]);
  try {
    const answers = await pool.run<AgainstPort>(tasks, (done) =>
      output.progress(`${name}: ${done} of ${units.length} runs`),
    );
    output.progress('');
    const runs = answers.flatMap((answer, i): AgainstPort[] => {
      if (answer === undefined) return [];
      const reason = 'a worker ran out of memory';
      const open = { state: 'open', compared: 0, reason, witness: null } as const;
      return [answer ?? { ...unitName(units[i]!), ...open }];
    });
    const isCut = answers.includes(undefined);
    const report = { name, tree, runs, isCut, isVerbose: isGiven(values, 'verbose') };
    const isJson = isGiven(values, 'json');
    output.result(isJson ? jsonText(againstDocument(report)) : againstText(report));
    return statusOf(report);
  } finally {
    await pool.close();
  }
}

function statusOf({ runs, isCut }: AgainstReport): ExitStatus {
  if (runs.some(({ state }) => state === 'differs')) return 1;
  const isCompared = runs.some(({ state }) => state === 'same' || state === 'internal');
  return isCut || !isCompared ? 3 : 0;
}
