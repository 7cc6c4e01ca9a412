// SPDX-License-Identifier: GPL-2.0-only
// `backport`: is this fix complete in that tree, or which of all are? Pieces of a fix by what the
// tree does, and the suites.

import { modulesOf } from '#lab/modules';
import { type UnitName, unitText } from '#lab/unit';
import type { Regression } from '#mutation/mutant';
import { UserError } from '#user-error';
import { treeCanaryProblem } from '../c/canary.ts';
import { loadTree } from '../c/load.ts';
import { loadParser } from '../c/text/ast.ts';
import { jsonText } from '../report/schema.ts';
import { type BackportResult, backportDocument, backportText } from '../review/fix-text.ts';
import { loadFixes } from '../review/fixes.ts';
import { fixesDocument, fixesText } from '../review/fixes-text.ts';
import { backportResult } from './backport-result.ts';
import type { Command, ExitStatus, Invocation } from './command.ts';
import { unknownName } from './names.ts';
import { COMMON, isGiven, numberOption, textOption } from './options.ts';
import { folderFiles, revisionFiles } from './tree-files.ts';

const FIXES = (await loadFixes()).map(({ name }) => name);
const HISTORY = new URL('../../mutants/history/', import.meta.url);
export const backport: Command = {
  name: 'backport',
  summary: 'say whether a fix is complete in a kernel tree',
  synopsis: '--fix NAME --tree DIR [options]',
  description: [
    'NAME is a regression (kvm-mutants list regressions) or the first 12 hex digits of the ' +
      'commit that fixed it. The verdict comes first: complete; partial, and which piece is ' +
      'missing; not fixed; fixed by other means, if pieces are missing and still nothing ' +
      'fails; not affected; or cannot tell.',
    'Pieces of a fix are known by what the functions of the tree do, since hunks are renamed and ' +
      'moved when they are backported; where nothing can be run that would tell, by which ' +
      'functions and fields it has, and that is said. Not affected is a tree that lacks what the ' +
      `bug needs. Pieces are known of ${FIXES.join(', ')}. Of others it is asked ` +
      'whether the tree keeps the invariants in the scenarios in which the port with the bug ' +
      'breaks them. The tree is only read, and no compiler is needed.',
    'NAME all asks about every known bug, and prints a line or two for each, what is missing ' +
      'first. Several names are separated by commas.',
  ],
  options: {
    fix: { type: 'string', value: 'NAME', help: 'a regression, 12 digits of the commit, or all' },
    tree: { type: 'string', value: 'DIR', help: 'the kernel tree, or with --rev its repository' },
    rev: { type: 'string', value: 'REV', help: 'read this revision by git, without a work tree' },
    matrix: {
      type: 'boolean',
      help: 'of one fix: also run ports that lack one piece each, to tell what it is for; seconds',
    },
    'budget-states': {
      type: 'string',
      value: 'N',
      help: 'store at most N states in one exploration; if that is not enough, nobody can tell',
    },
    ...COMMON,
  },
  exits: [
    ['0', 'complete, fixed by other means, or not affected'],
    ['1', 'partial, or not fixed; of several: one of them is'],
    ['2', 'the command was used wrongly'],
    ['3', 'cannot tell: a tree that cannot be analysed, a budget, or no scenario for it there'],
    ['130', 'interrupted: fixes that were not asked about are missing'],
  ],
  examples: [
    'kvm-mutants backport --fix ee3d1570b586 --tree ./linux-3.16.y',
    'kvm-mutants backport --fix all --tree ./linux-6.1.y',
    'kvm-mutants backport --fix ddfd1730fd82 --tree ~/linux --matrix',
    'kvm-mutants backport --fix search-past-the-end --tree . --rev v5.6',
  ],
  args: [0, 0],
  run: execute,
};

const STATUS = {
  complete: 0,
  'fixed by other means': 0,
  'not affected': 0,
  partial: 1,
  'not fixed': 1,
  'cannot tell': 3,
} as const;

async function execute(invocation: Invocation): Promise<ExitStatus> {
  const { values, output, signal } = invocation;
  const folder = textOption(values, 'tree');
  if (folder === null) throw new UserError('backport needs --tree DIR');
  const regressions = await regressionsNamed(textOption(values, 'fix') ?? '');
  if (regressions.length > 1 && isGiven(values, 'matrix'))
    throw new UserError('--matrix is about one fix: name it with --fix');
  const revision = textOption(values, 'rev');
  const read = revision === null ? folderFiles(folder) : revisionFiles(folder, revision);
  const parser = await loadParser();
  const problem = treeCanaryProblem(parser);
  if (problem !== null) throw new UserError(problem, 3);
  const tree = loadTree(parser, read);
  const name = revision === null ? folder : `${folder} at ${revision}`;
  const results: BackportResult[] = [];
  for (const regression of regressions) {
    output.progress(regression.name);
    const options = {
      budgetStates: numberOption(values, 'budget-states', 1, 1_000_000_000),
      wantMatrix: isGiven(values, 'matrix'),
      onUnit: (unit: UnitName) => output.progress(`${regression.name}  ${unitText(unit)}`),
      isOver: () => signal.aborted,
    };
    const result = await backportResult(name, tree, regression, options);
    // What an interruption cut short says nothing of this fix.
    if (regressions.length > 1 && signal.aborted) break;
    results.push(result);
    // A signal is seen between two turns of the event loop only.
    await new Promise((resolve) => setImmediate(resolve));
  }
  output.progress('');
  if (results.length === 0) return 130;
  output.result(textOf(results, regressions.length, isGiven(values, 'json')));
  const statuses = results.map(({ judgement }) => STATUS[judgement.word]);
  return ([1, 3] as const).find((status) => statuses.includes(status)) ?? 0;
}

/** `wanted`: how many fixes should be told; fewer are there after an interruption. */
function textOf(results: readonly BackportResult[], wanted: number, isJson: boolean): string {
  const [only] = results;
  if (only !== undefined && wanted === 1)
    return isJson ? jsonText(backportDocument(only)) : backportText(only);
  return isJson ? jsonText(fixesDocument(results, wanted)) : fixesText(results, wanted);
}

/** `all`, or names that are separated by commas. Throws a UserError for one that is not known. */
async function regressionsNamed(names: string): Promise<readonly Regression[]> {
  const all = await modulesOf<Regression>(HISTORY, 'regression');
  if (names === 'all') return all;
  return [...new Set(names.split(',').map((name) => regressionNamed(name, all)))];
}

function regressionNamed(name: string, all: readonly Regression[]): Regression {
  const found = all.find((one) => one.name === name || one.commit === name);
  if (found !== undefined) return found;
  const known = all.flatMap((one) => [one.name, ...(one.commit === null ? [] : [one.commit])]);
  throw unknownName('fix', name, known);
}
