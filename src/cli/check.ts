// SPDX-License-Identifier: GPL-2.0-only
// `check`: what do the suites say of the C of a real kernel tree, before and after a patch?

import { readFileSync } from 'node:fs';
import { SCENARIOS } from '#lab/suites';
import { driftOf, hasDrifted } from '#lab/tree/drift';
import { concerning } from '#lab/tree/hosting';
import { type KeptFiles, keptFiles, type TreeFiles } from '#lab/tree/tree-files';
import { TreePool } from '#lab/tree/tree-pool';
import { runTree, runTreeIn, type TreeChoice, type TreeRun, treeUnits } from '#lab/tree/tree-run';
import { treeStories } from '#lab/tree/tree-story';
import { unitText } from '#lab/unit';
import { UserError } from '#user-error';
import { treeCanaryProblem } from '../c/canary.ts';
import { type LoadedTree, loadTree } from '../c/load.ts';
import type { Read } from '../c/profiles/shape.ts';
import { loadParser } from '../c/text/ast.ts';
import { applyPatches, mergedText } from '../patch/apply.ts';
import { readPatches } from '../patch/read.ts';
import { jsonText } from '../report/schema.ts';
import { type TreeCheck, treeCheckDocument, treeCheckText } from '../report/tree-check.ts';
import { comparisonDocument, comparisonOf, comparisonText } from '../report/tree-compare.ts';
import { functionsDocument, functionsText } from '../report/tree-functions.ts';
import { checkAgainstPort } from './check-against.ts';
import { checkSelf } from './check-self.ts';
import type { Command, ExitStatus, Invocation, Values } from './command.ts';
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
import { threeWayOf } from './three-way.ts';
import {
  mmioOption,
  TREE_OPTIONS,
  TREE_WORKERS,
  treeHostOption,
  treeOption,
} from './tree-option.ts';

const CANNOT_TEST = 125;

export const check: Command = {
  name: 'check',
  summary: 'run the suites on the C functions of a kernel tree',
  synopsis: '--tree DIR [--patch FILE] [options]',
  description: [
    'Finds by the shape of its functions which family of kernels the tree belongs to, translates ' +
      'the functions of KVM that handle memory slots and MMIO, and runs on them the scenarios ' +
      'that run on the ports, under every interleaving. No compiler is needed, and nothing of ' +
      'the tree is executed but those functions. A broken invariant is shown as an interleaving ' +
      'that cites lines of the tree.',
    'What is printed below every verdict says what of it is the own code of the tree, what ' +
      'stands for a primitive, what is modelled and what has no effect. A scenario that the ' +
      'driver of the profile cannot run is listed as not hosted and never counts as passed. A ' +
      'verdict holds within the bounds of its scenarios and for its memory model.',
    'With --patch the tree is checked as it is and with the patch, which is applied in memory ' +
      '(where the tree has moved on, merged as git am -3 does): the patch fixes an invariant, ' +
      'breaks one, changes nothing, or nobody can tell.',
    'With --against-port each run is held against the port of the era: the sets of all that ' +
      'accesses did, calls returned and a quiet VM answers, over every schedule. A difference is ' +
      'shown by the shortest schedule, and is a bug of the port, of the driver, or a change of ' +
      'the kernel that the era does not have.',
    'With --self-check the functions of the tree that take and return integers are compiled by ' +
      'gcc and called 20,000 times each, as is their translation. That runs C of the tree ' +
      'natively, which nothing else does. Where there is no gcc it is skipped, and says so.',
    'With --bisect the exit status is what git bisect run wants.',
  ],
  options: {
    ...TREE_OPTIONS,
    patch: { type: 'string', value: 'FILE', help: 'a patch, mail or mbox; - is standard input' },
    'against-port': {
      type: 'boolean',
      help: 'instead of judging it, hold the tree against the port of its era',
    },
    'self-check': {
      type: 'boolean',
      help: 'instead of judging it, compile its functions of integers by gcc and compare',
    },
    bisect: { type: 'boolean', help: 'end with 0, 1, or 125 if the tree cannot be tested' },
    mmio: { type: 'string', value: 'MASK', help: 'ept, shadow or both (default: both)' },
    'memory-model': { ...MEMORY_MODEL, help: `only ${MEMORY_MODEL.help}` },
    scenario: { type: 'string', value: 'IDS', help: SCENARIO_HELP },
    functions: { type: 'boolean', help: 'list what would run and what not, and run nothing' },
    'budget-states': BUDGET_STATES,
    workers: TREE_WORKERS,
    verbose: { ...VERBOSE, help: 'tables with every step, its function and its line' },
    ...COMMON,
  },
  exits: [
    ['0', 'every hosted scenario was explored and nothing is broken; with --patch nothing new'],
    ['1', 'an invariant is broken; with --patch one that held before'],
    ['2', 'the command was used wrongly (with --bisect: 128)'],
    ['3', 'could not analyse: no such tree, an unknown shape, C that is refused, a budget'],
    ['4', 'with --self-check: there is no gcc, so it was skipped'],
    ['125', 'with --bisect: this revision cannot be tested'],
    ['130', 'interrupted'],
  ],
  examples: [
    'kvm-mutants check --tree ~/linux',
    'kvm-mutants check --tree ~/linux --patch fix.patch',
    'kvm-mutants check --tree ~/linux --rev v6.12 --mmio ept',
    'git bisect run kvm-mutants check --tree . --bisect',
  ],
  args: [0, 0],
  run: execute,
};

async function execute(invocation: Invocation): Promise<ExitStatus> {
  const { values, output } = invocation;
  const { name, read } = treeOption('check', values);
  const parser = await loadParser();
  const problem = treeCanaryProblem(parser);
  if (problem !== null) throw new UserError(problem, 3);
  const kept = keptFiles(read);
  const tree = loadTree(parser, kept.read);
  if (isGiven(values, 'functions')) {
    const isJson = isGiven(values, 'json');
    output.result(isJson ? jsonText(functionsDocument(name, tree)) : functionsText(name, tree));
    return 0;
  }
  if (isGiven(values, 'self-check')) return checkSelf(invocation, name, tree);
  if (isGiven(values, 'against-port'))
    return checkAgainstPort(invocation, name, tree, kept.files, choiceOf(values, tree));
  const before = await checked(invocation, name, tree, kept);
  const patch = textOption(values, 'patch');
  if (patch === null) {
    print(values, output, before);
    return statusOf(before.run, isGiven(values, 'bisect'));
  }
  const after = await patched(invocation, `${name} with ${patch}`, read, patch, parser);
  const comparison = comparisonOf(before, after);
  const isJson = isGiven(values, 'json');
  output.result(isJson ? jsonText(comparisonDocument(comparison)) : comparisonText(comparison));
  return comparison.status;
}

/** Checks the tree with a patch; an error that says why if the patched tree cannot be loaded. */
async function patched(
  invocation: Invocation,
  name: string,
  read: Read,
  patch: string,
  parser: Awaited<ReturnType<typeof loadParser>>,
): Promise<TreeCheck | { readonly name: string; readonly problem: string }> {
  const kept = keptFiles(patchedFiles(invocation, read, patch));
  try {
    const tree = loadTree(parser, kept.read);
    return await checked(invocation, name, tree, kept);
  } catch (error) {
    if (error instanceof UserError && error.exitCode === 3) return { name, problem: error.message };
    throw error;
  }
}

function patchedFiles({ values, output }: Invocation, read: Read, source: string): Read {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(source === '-' ? 0 : source);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(`--patch ${source}: ${code === 'ENOENT' ? 'it is not there' : message}`);
  }
  const patches = readPatches(bytes, source);
  const problems = patches.flatMap((one) => one.problems);
  if (problems.length > 0) throw new UserError(`--patch ${source}: ${problems.join('; ')}`, 3);
  if (patches.every(({ files }) => files.length === 0))
    throw new UserError(`--patch ${source} changes no file`, 3);
  const threeWay = threeWayOf(textOption(values, 'tree')!);
  const { files, errors, merged } = applyPatches(patches, read, threeWay);
  if (errors.length > 0)
    throw new UserError(`--patch ${source} does not apply: ${errors.join('; ')}`, 3);
  for (const one of merged) output.note(`--patch ${source}: ${mergedText(one)}\n`);
  return (path) => (files.has(path) ? (files.get(path) ?? null) : read(path));
}

async function checked(
  invocation: Invocation,
  name: string,
  tree: LoadedTree,
  { read, files }: KeptFiles,
): Promise<TreeCheck> {
  const { values, output, signal } = invocation;
  const drift = driftOf(tree, read);
  const choice = { ...choiceOf(values, tree), hasDrifted: hasDrifted(drift) };
  const run = await runOf(invocation, name, tree, files, choice).catch(withoutVerdict);
  output.progress('');
  const stories = signal.aborted ? [] : treeStories(tree, run);
  return { name, tree, drift, run, stories, isVerbose: isGiven(values, 'verbose') };
}

/** Fewer units are run before a worker has read the tree. */
const FEW = 4;

async function runOf(
  invocation: Invocation,
  name: string,
  tree: LoadedTree,
  files: TreeFiles,
  choice: TreeChoice,
): Promise<TreeRun> {
  const { output, signal } = invocation;
  if (treeUnits(tree, choice).length <= FEW) {
    const tell = (unit: Parameters<typeof unitText>[0]) =>
      output.progress(`${name}: ${unitText(unit)}`);
    return runTree(tree, choice, tell, () => signal.aborted);
  }
  const pool = new TreePool(treeHostOption(invocation), [files]);
  try {
    const tell = (done: number, of: number) => output.progress(`${name}: ${done} of ${of} runs`);
    return await runTreeIn(pool, 0, tree, choice, tell);
  } finally {
    await pool.close();
  }
}

/** The driver asked for a member or a constant that this tree has not: no fault of ours. */
function withoutVerdict(error: unknown): never {
  // What a worker throws has lost its class.
  if (error instanceof Error && error.name === 'Refusal')
    throw new UserError(`no verdict: ${error.message}`, 3);
  throw error;
}

function choiceOf(values: Values, { system }: LoadedTree): TreeChoice {
  return {
    scenarios: concerning(scenariosOption(values) ?? SCENARIOS, system),
    mmio: mmioOption(values),
    memoryModel: memoryModelOption(values),
    budgetStates: numberOption(values, 'budget-states', 1, 1_000_000_000),
  };
}

function print(values: Values, output: Invocation['output'], result: TreeCheck): void {
  output.result(
    isGiven(values, 'json') ? jsonText(treeCheckDocument(result)) : treeCheckText(result),
  );
}

/** What was not answered is no pass. */
function statusOf({ results, isCut }: TreeRun, isBisect: boolean): ExitStatus {
  if (results.some(({ state }) => state === 'broken')) return 1;
  const isAnswered = results.some(({ state }) => state === 'holds' || state === 'known');
  const isUnknown = isCut || !isAnswered || results.some(({ state }) => state === 'unknown');
  return isUnknown ? (isBisect ? CANNOT_TEST : 3) : 0;
}
