// SPDX-License-Identifier: GPL-2.0-only
// What does a tree do of a fix? Its pieces are asked one by one, its rules in the scenarios that
// tell, and a verdict is made of both.

import { SCENARIOS, type Scenario } from '#lab/suites';
import { ask, type CodeShape, shapeOfCode } from '#lab/tree/asked';
import { runTree, type TreeResult, type TreeRun } from '#lab/tree/tree-run';
import { type UnitName, unitText } from '#lab/unit';
import type { Regression } from '#mutation/mutant';
import type { EraName, SystemUnderTest } from '#vocabulary';
import type { LoadedTree } from '../c/load.ts';
import {
  type Answer,
  type Findings,
  type Fix,
  type Held,
  judge,
  type Question,
} from '../review/fix.ts';
import type { BackportResult } from '../review/fix-text.ts';
import { fixOf, loadFixes } from '../review/fixes.ts';
import { bornWith, matrixOf } from './piece-matrix.ts';
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
  /** Also run ports that lack one piece each. */
  readonly wantMatrix?: boolean;
  readonly onUnit: (name: UnitName) => void;
  readonly isOver: () => boolean;
}

/** The verdict on a tree, which is named `name` in what is printed. */
export async function backportResult(
  name: string,
  tree: LoadedTree,
  regression: Regression,
  { budgetStates, wantMatrix = false, onUnit, isOver }: BackportOptions,
): Promise<BackportResult> {
  const { era } = tree.system;
  const fix =
    (await loadFixes()).find((one) => one.name === regression.name) ??
    (await fixWithoutPieces(regression, era));
  const shape = shapeOfCode(tree.translation);
  const run = await runsOf(fix, tree, { budgetStates, onUnit, isOver });
  const findings = findingsOf(fix, tree.system, shape, run);
  const { name: fixName, commit, subject } = regression;
  return {
    fix: { name: fixName, commit, subject },
    tree: name,
    hash: tree.hash,
    profile: tree.profile.name,
    era,
    findings,
    judgement: judge(findings),
    breaks: breaksOf(fix, run),
    related: isRelated(fix, run) ? fix.related : null,
    matrix: wantMatrix ? await matrixOf(fix, isOver) : null,
    units: run.results.map(unitText),
    notChecked: NOT_CHECKED,
  };
}

async function fixWithoutPieces(regression: Regression, era: EraName): Promise<Fix> {
  const { scenarios, details } = await witnessesOf(regression, era);
  return fixOf(regression, scenarios, details);
}

/** Runs what the suites have for the fix, and then its own scenarios on trees that it prepares. */
async function runsOf(
  fix: Fix,
  tree: LoadedTree,
  { budgetStates, onUnit, isOver }: BackportOptions,
): Promise<TreeRun> {
  const shape = shapeOfCode(tree.translation);
  const own = ask(tree.system, shape, (asked) => fix.own?.(asked) ?? []);
  const choice = { mmio: null, memoryModel: 'sc', budgetStates } as const;
  const runs = [await runTree(tree, { ...choice, scenarios: scenariosOf(fix) }, onUnit, isOver)];
  for (const { scenario, born } of own ?? []) {
    const prepared = { ...tree, system: bornWith(tree.system, born) };
    runs.push(await runTree(prepared, { ...choice, scenarios: [scenario] }, onUnit, isOver));
  }
  return {
    units: runs.flatMap(({ units }) => units),
    results: runs.flatMap(({ results }) => results),
    notHosted: runs.flatMap(({ notHosted }) => notHosted),
    isCut: own === null || runs.some(({ isCut }) => isCut),
  };
}

/** The answers to all questions of a fix, and what its rules say. */
export function findingsOf(
  fix: Fix,
  system: SystemUnderTest,
  shape: CodeShape | null,
  run: TreeRun,
): Findings {
  const { ground } = fix;
  return {
    ground:
      ground === null
        ? null
        : {
            name: ground.name,
            since: ground.since,
            how: ground.how,
            answer: answerOf(ground, system, shape),
          },
    pieces: fix.pieces.map((piece) => {
      const { name, commit, isPrerequisite, how, without } = piece;
      return { name, commit, isPrerequisite, how, without, answer: answerOf(piece, system, shape) };
    }),
    invariants: fix.invariants.map((invariant) => ({
      name: invariant,
      state: stateOf(invariant, fix, run),
    })),
    others: othersIn(fix, run),
  };
}

function othersIn(fix: Fix, { results }: TreeRun): string[] {
  const broken = results.flatMap(({ violations }) => violations.filter(({ isKnown }) => !isKnown));
  const names = broken.map(({ invariant }) => invariant);
  return [...new Set(names)].filter((name) => !fix.invariants.includes(name)).sort();
}

function scenariosOf({ scenarios }: Fix): Scenario[] {
  return SCENARIOS.filter(({ id }) => scenarios.includes(id));
}

/** Asks a tree itself, as one thread. */
export function answerOf(
  { isThere }: Pick<Question, 'isThere'>,
  system: SystemUnderTest,
  shape: CodeShape | null,
): Answer {
  const answer = ask(system, shape, isThere);
  if (answer === null) return 'unknown';
  return answer ? 'yes' : 'no';
}

/** Ways that do not count, and those that the era is known for elsewhere, are left out. */
function violationsIn(result: TreeResult, invariant: string, fix: Fix): string[] {
  return result.violations
    .filter((one) => one.invariant === invariant && fix.counts(one.detail, invariant))
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
    violations.some(
      (one) => fix.invariants.includes(one.invariant) && !fix.counts(one.detail, one.invariant),
    ),
  );
}
