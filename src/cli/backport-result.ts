// SPDX-License-Identifier: GPL-2.0-only
// What does a tree do of a fix? Its pieces are asked one by one, its rules in the scenarios that
// tell, and a verdict is made of both.

import { runSequential, SCENARIOS, type Scenario, type SequentialScenario } from '#lab/suites';
import { runTree, type TreeResult, type TreeRun } from '#lab/tree/tree-run';
import { type UnitName, unitText } from '#lab/unit';
import type { Regression } from '#mutation/mutant';
import type { LoadedTree } from '../c/load.ts';
import { type Answer, type Findings, type Fix, type Held, judge } from '../review/fix.ts';
import type { BackportResult } from '../review/fix-text.ts';
import { fixOf, loadFixes } from '../review/fixes.ts';
import { witnessesOf } from './witnesses.ts';

const NOT_CHECKED = [
  'sizes beyond those of the scenarios',
  'weak memory',
  'code that the driver of the profile does not run',
  'TLB flushing',
  'hardware',
];

export interface BackportOptions {
  readonly budgetStates: number | null;
  readonly onUnit: (name: UnitName) => void;
  readonly isOver: () => boolean;
}

/** The verdict on a tree, which is named `name` in what is printed. */
export async function backportResult(
  name: string,
  tree: LoadedTree,
  regression: Regression,
  { budgetStates, onUnit, isOver }: BackportOptions,
): Promise<BackportResult> {
  const { era } = tree.system;
  const fix =
    (await loadFixes()).find((one) => one.name === regression.name) ??
    fixOf(regression, await witnessesOf(regression, era));
  const choice = {
    scenarios: scenariosOf(fix),
    mmio: null,
    memoryModel: 'sc',
    budgetStates,
  } as const;
  const run = await runTree(tree, choice, onUnit, isOver);
  const findings: Findings = {
    pieces: fix.pieces.map((piece) => ({ ...piece, answer: answerOf(piece.isThere, tree) })),
    invariants: fix.invariants.map((invariant) => ({
      name: invariant,
      state: stateOf(invariant, fix, run),
    })),
  };
  const { name: fixName, commit, subject } = regression;
  return {
    fix: { name: fixName, commit, subject },
    tree: name,
    hash: tree.hash,
    profile: tree.profile.name,
    era,
    findings: plain(findings),
    judgement: judge(findings),
    breaks: breaksOf(fix, run),
    related: isRelated(fix, run) ? fix.related : null,
    units: run.results.map(unitText),
    notChecked: NOT_CHECKED,
  };
}

/** Without the functions of the pieces. */
function plain({ pieces, invariants }: Findings): Findings {
  return {
    pieces: pieces.map(({ name, commit, isPrerequisite, answer }) => {
      return { name, commit, isPrerequisite, answer };
    }),
    invariants,
  };
}

function scenariosOf({ scenarios }: Fix): Scenario[] {
  return SCENARIOS.filter(({ id }) => scenarios.includes(id));
}

/** Asks the tree itself, as one thread on a VM that nothing happened to. */
function answerOf(isThere: Fix['pieces'][number]['isThere'], tree: LoadedTree): Answer {
  const model = SCENARIOS.find(({ kind }) => kind === 'sequential') as SequentialScenario;
  let answer: Answer = 'unknown';
  const check: SequentialScenario['check'] = ({ vm }) => {
    answer = isThere(vm) ? 'yes' : 'no';
    return 1;
  };
  try {
    runSequential(tree.system, { ...model, check }, 'shadow');
  } catch {
    return 'unknown';
  }
  return answer;
}

/** Ways that do not count, and those that the era is known for elsewhere, are left out. */
function violationsIn(result: TreeResult, invariant: string, fix: Fix): string[] {
  return result.violations
    .filter((one) => one.invariant === invariant && fix.counts(one.detail))
    .map(({ detail }) => detail);
}

function stateOf(invariant: string, fix: Fix, { results, isCut }: TreeRun): Held {
  if (results.some((result) => violationsIn(result, invariant, fix).length > 0)) return 'FAIL';
  const isAnswered = results.length > 0 && results.every(({ isComplete }) => isComplete);
  return isAnswered && !isCut ? 'holds' : 'unknown';
}

function breaksOf(fix: Fix, { results }: TreeRun): string[] {
  return fix.invariants.flatMap((invariant) => {
    const found = results.find((result) => violationsIn(result, invariant, fix).length > 0);
    if (found === undefined) return [];
    return [`${invariant}: ${violationsIn(found, invariant, fix)[0]} (${unitText(found)})`];
  });
}

function isRelated(fix: Fix, { results }: TreeRun): boolean {
  return results.some(({ violations }) =>
    violations.some((one) => fix.invariants.includes(one.invariant) && !fix.counts(one.detail)),
  );
}
