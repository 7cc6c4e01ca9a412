// SPDX-License-Identifier: GPL-2.0-only
// `mutate`: would the suites notice a mistake in the C of this tree?

import { join } from 'node:path';
import { sizeRank } from '#lab/story';
import { claimOf, SCENARIOS, type Scenario } from '#lab/suites';
import {
  C_OPERATORS,
  type CMutantChoice,
  mutantsOfTree,
  type TreeMutants,
} from '#lab/tree/c-mutants';
import { concerning } from '#lab/tree/hosting';
import { keptFiles } from '#lab/tree/tree-files';
import { runTreeMutants, type TreeMutation } from '#lab/tree/tree-mutation';
import { TreePool } from '#lab/tree/tree-pool';
import type { TreeChoice } from '#lab/tree/tree-run';
import { UserError } from '#user-error';
import { treeCanaryProblem } from '../c/canary.ts';
import { type LoadedTree, loadTree } from '../c/load.ts';
import { loadParser } from '../c/text/ast.ts';
import { mutationDocument } from '../report/formats/json.ts';
import { jsonText } from '../report/schema.ts';
import {
  reportedOf,
  type TreeMutationReport,
  treeMutantListText,
  treeMutantsDocument,
  treeMutantsText,
} from '../report/tree-mutants.ts';
import type { Command, ExitStatus, Invocation, Values } from './command.ts';
import { functionsNamed, portedFunctions } from './functions-option.ts';
import { findNamed } from './names.ts';
import {
  BUDGET_STATES,
  COMMON,
  isGiven,
  MEMORY_MODEL,
  memoryModelOption,
  numberOption,
  SCENARIO_HELP,
  scenariosOption,
  textOption,
  VERBOSE,
} from './options.ts';
import { writeFile } from './output.ts';
import {
  mmioOption,
  TREE_OPTIONS,
  TREE_WORKERS,
  treeHostOption,
  treeOption,
} from './tree-option.ts';

const REPORT_FILE = 'mutation.json';

export const mutate: Command = {
  name: 'mutate',
  summary: 'run the suites on mutants of the C of a kernel tree',
  synopsis: '--tree DIR [options]',
  description: [
    'Edits functions of a kernel tree that `check` runs, one small mistake at a time, and asks ' +
      'whether the scenarios notice: a line is lost, two change places, a mask or a barrier is ' +
      'dropped, a comparison is off by one. The tree is never written; an edited function is ' +
      'translated again alone.',
    'A mutant is killed if it breaks an invariant that the tree does not break in the same ' +
      'scenario, or if its code crashes. It is run only where a scenario comes to the statement ' +
      'that it edits; one that no scenario comes to is listed apart. Who lives is compared with ' +
      'the tree as it stands, by all that can be told from outside: the shortest schedule that ' +
      'tells the two apart is a witness that a scenario is missing; where nothing does, the ' +
      'bounds of the comparison are printed. Both survived, and count as not detected. A spent ' +
      'budget is unknown, and never counts as a kill.',
    'Without --functions those are mutated that the port of the same era has, and without ' +
      '--complete the smallest size of every claim is run. For each function a canary that ' +
      'crashes in its first line must be noticed; otherwise the run is void.',
    'Nothing is written unless --report says where: its document holds the text of the edited ' +
      'files of the tree, so that it belongs where the tree is.',
    `Operators: ${C_OPERATORS.map(({ name, idea }) => `${name} (${idea})`).join('; ')}.`,
  ],
  options: {
    ...TREE_OPTIONS,
    functions: {
      type: 'string',
      value: 'NAMES',
      help: 'only these functions, separated by commas, or all that run here',
    },
    operator: { type: 'string', value: 'NAMES', help: 'only these operators' },
    sample: {
      type: 'string',
      value: 'N',
      help: 'at most N mutants, the same at every run and part of every larger sample',
    },
    list: { type: 'boolean', help: 'list the mutants and run nothing' },
    diff: { type: 'boolean', help: 'with --list: their unified diffs' },
    mmio: { type: 'string', value: 'MASK', help: 'ept, shadow or both (default: both)' },
    'memory-model': { ...MEMORY_MODEL, help: `only ${MEMORY_MODEL.help}` },
    scenario: { type: 'string', value: 'IDS', help: SCENARIO_HELP },
    complete: { type: 'boolean', help: 'run every size of every claim' },
    'budget-states': BUDGET_STATES,
    workers: TREE_WORKERS,
    report: {
      type: 'string',
      value: 'FOLDER',
      help: `write FOLDER/${REPORT_FILE} in the schema of mutation reports, language c`,
    },
    verbose: { ...VERBOSE, help: 'the interleaving of every mutant, not one for each invariant' },
    ...COMMON,
  },
  exits: [
    ['0', 'every mutant has a verdict, whatever it is'],
    ['2', 'the command was used wrongly'],
    ['3', 'could not analyse: no tree, no mutant, a canary that lives, or a spent budget'],
    ['130', 'interrupted; what was done is printed'],
  ],
  examples: [
    'kvm-mutants mutate --tree ~/linux --functions install_new_memslots,update_memslots',
    'kvm-mutants mutate --tree ~/linux --sample 50 --report ~/reports',
    'kvm-mutants mutate --tree ~/linux --list --diff',
  ],
  args: [0, 0],
  run: execute,
};

async function execute(invocation: Invocation): Promise<ExitStatus> {
  const { values, output } = invocation;
  const { name, read } = treeOption('mutate', values);
  const parser = await loadParser();
  const problem = treeCanaryProblem(parser);
  if (problem !== null) throw new UserError(problem, 3);
  const kept = keptFiles(read);
  const tree = loadTree(parser, kept.read);
  const made = mutantsOfTree(parser, tree, mutantChoice(values, tree));
  if (made.mutants.length === 0) {
    const why = made.left.map((one) => `${one.function}(): ${one.why}`).join('; ');
    throw new UserError(`there is no mutant of what was chosen${why === '' ? '' : `: ${why}`}`, 3);
  }
  if (isGiven(values, 'list')) {
    output.result(treeMutantListText({ made }, isGiven(values, 'diff')));
    return 0;
  }
  const choice = choiceOf(values, tree);
  const pool = new TreePool(treeHostOption(invocation), [kept.files]);
  try {
    const tell = (what: string, done: number, of: number) =>
      output.progress(`${name}: ${done} of ${of} ${what}`);
    const run = await runTreeMutants(pool, 0, tree, made, choice, tell);
    output.progress('');
    const isVerbose = isGiven(values, 'verbose');
    const report = { name, tree, made, run, leftOut: leftOut(values), isVerbose };
    publish(invocation, report, choice);
    return statusOf(run);
  } finally {
    await pool.close();
  }
}

function publish(
  { values, output }: Invocation,
  report: TreeMutationReport,
  { scenarios }: TreeChoice,
): void {
  // First: a folder that cannot be written must not cost what was found out.
  output.result(isGiven(values, 'json') ? treeMutantsDocument(report) : treeMutantsText(report));
  const folder = textOption(values, 'report');
  if (folder === null) return;
  const path = join(folder, REPORT_FILE);
  writeFile(path, jsonText(mutationDocument(reportedOf(report, scenarios))));
  output.note(`${path} holds text of the tree: it is GPL-2.0, and not for everybody\n`);
}

function mutantChoice(values: Values, tree: LoadedTree): CMutantChoice {
  const operators = textOption(values, 'operator')
    ?.split(',')
    .map((name) => findNamed('operator', name, C_OPERATORS, (operator) => operator.name));
  return {
    functions: functionsOption(values, tree),
    operators: C_OPERATORS.filter((one) => operators === undefined || operators.includes(one)),
    sample: numberOption(values, 'sample', 1, 1_000_000),
  };
}

/** Names of functions that run, sorted: those that the port of the era has, by default. */
function functionsOption(values: Values, { translation, system }: LoadedTree): string[] {
  const known = [...translation.functionNamed.keys()].sort();
  const text = textOption(values, 'functions');
  if (text === 'all') return known.filter((name) => !name.startsWith('driver_'));
  if (text !== null) return functionsNamed(text, known);
  const ported = new Set(portedFunctions([system.era]));
  return known.filter((name) => ported.has(name));
}

function choiceOf(values: Values, { system }: LoadedTree): TreeChoice {
  const named = scenariosOption(values);
  const all = concerning(named ?? SCENARIOS, system);
  return {
    scenarios: named === null && !isGiven(values, 'complete') ? smallest(all) : all,
    mmio: mmioOption(values),
    memoryModel: memoryModelOption(values),
    budgetStates: numberOption(values, 'budget-states', 1, 1_000_000_000),
  };
}

/** Of the sizes of each claim the smallest. */
function smallest(scenarios: readonly Scenario[]): Scenario[] {
  const first = new Map<string, Scenario>();
  for (const scenario of scenarios) {
    const known = first.get(claimOf(scenario.id));
    if (known === undefined || isLess(sizeRank(scenario), sizeRank(known)))
      first.set(claimOf(scenario.id), scenario);
  }
  const chosen = new Set(first.values());
  return scenarios.filter((scenario) => chosen.has(scenario));
}

function isLess(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at >= 0 && a[at]! < b[at]!;
}

/** What this run in particular did not check. */
function leftOut(values: Values): string[] {
  const left = ['larger sizes than those of the scenarios'];
  if (textOption(values, 'scenario') !== null) left.push('scenarios that were not named');
  else if (!isGiven(values, 'complete')) left.push('all but the smallest size of every claim');
  if (textOption(values, 'functions') === null)
    left.push('functions of the tree that the port has not (--functions all)');
  else if (textOption(values, 'functions') !== 'all') left.push('functions that were not named');
  if (textOption(values, 'operator') !== null) left.push('operators that were not named');
  if (textOption(values, 'sample') !== null) left.push('mutants that are not in the sample');
  return [...left, 'macros and headers, of which there are no mutants'];
}

function statusOf({ mutants, problems, isInterrupted }: TreeMutation): ExitStatus {
  if (isInterrupted) return 130;
  if (problems.length > 0) return 3;
  return mutants.some(({ verdict }) => verdict.verdict === 'unknown') ? 3 : 0;
}

export type { TreeMutants };
