// SPDX-License-Identifier: GPL-2.0-only
// Does a tree do what the port of its era does? A line for each claim, and the shortest schedule
// for each that differs. What was not compared is listed, and is no agreement.

import type { Against, AgainstPort } from '#lab/tree/against-port';
import { unitText } from '#lab/unit';
import type { LoadedTree } from '../c/load.ts';
import { schemaOf, TOOL } from './schema.ts';
import { columns, countText } from './texts.ts';
import { claimOf, headText, honestyLines } from './tree-check.ts';

export interface AgainstReport {
  readonly name: string;
  readonly tree: LoadedTree;
  readonly runs: readonly AgainstPort[];
  /** It was stopped before the end. */
  readonly isCut: boolean;
  readonly isVerbose: boolean;
}

const WORDS: Readonly<Record<Against, string>> = {
  same: 'the same',
  internal: 'the same to a guest; a function that is asked alone answers otherwise',
  differs: 'DIFFERS',
  open: 'not compared',
};
const WORST: readonly Against[] = ['differs', 'open', 'internal', 'same'];

export function againstText({ name, tree, runs, isCut, isVerbose }: AgainstReport): string {
  const claims = [...new Set(runs.map(({ scenario }) => claimOf(scenario)))].sort();
  const rows = claims.map((claim) => {
    const own = runs.filter(({ scenario }) => claimOf(scenario) === claim);
    const state = WORST.find((one) => own.some((run) => run.state === one))!;
    const texts = own.reduce((sum, { compared }) => sum + compared, 0);
    return [claim, String(own.length), String(texts), WORDS[state]];
  });
  const of = (state: Against) => runs.filter((run) => run.state === state);
  const parts = [
    [headText(name, tree), `held against the port of ${tree.system.era}`].join('\n'),
    columns([['claim', 'runs', 'outcomes', 'tree and port'], ...rows]).join('\n'),
    ...witnesses(of('differs'), isVerbose),
    of('internal')
      .map((run) => `asked alone: ${unitText(run)}: ${run.reason}`)
      .join('\n'),
    of('open')
      .map((run) => `not compared: ${unitText(run)}: ${run.reason}`)
      .join('\n'),
    isCut ? 'The run was ended early: what is missing above was not compared.' : '',
    honestyLines(tree.honesty).join('\n'),
    [
      `${countText(runs.length, 'run')}`,
      `${of('same').length + of('internal').length} the same`,
      `${of('differs').length} differ`,
      `${of('open').length} not compared`,
    ].join(', '),
  ];
  return parts
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

/** One for each claim that differs, in its smallest run; all of them if asked for. */
function witnesses(runs: readonly AgainstPort[], isVerbose: boolean): string[] {
  const told = new Set<string>();
  return runs.flatMap(({ scenario, witness }) => {
    if (witness === null || (told.has(claimOf(scenario)) && !isVerbose)) return [];
    told.add(claimOf(scenario));
    const who = witness.whose === 'mutant' ? 'Only the tree does this' : 'Only the port does this';
    return [`${who}:\n${witness.text.trimEnd()}`];
  });
}

export function againstDocument({ name, tree, runs, isCut }: AgainstReport): object {
  return {
    schema: schemaOf('against-port'),
    tool: TOOL,
    tree: name,
    profile: tree.profile.name,
    era: tree.system.era,
    isComplete: !isCut,
    runs: runs.map(({ state, compared, reason, witness, ...unit }) => ({
      id: unitText(unit),
      ...unit,
      state,
      outcomes: compared,
      ...(reason === '' ? {} : { reason }),
      ...(witness === null
        ? {}
        : {
            onlyIn: witness.whose === 'mutant' ? 'tree' : 'port',
            outcome: witness.outcome,
            schedule: witness.schedule,
          }),
    })),
    honesty: tree.honesty,
  };
}
