// SPDX-License-Identifier: GPL-2.0-only
// What do the suites say of the mutants of a tree's C? A row for each function and each operator,
// every mutant that lived with its line, an interleaving for each invariant that killed, and what
// of it all is the tree's own code.

import type { MutantRun } from '#lab/run';
import { NOT_TOLD } from '#lab/tree/c-mutant-run';
import type { NotMutable } from '#lab/tree/c-mutant-text';
import type { TreeMutants } from '#lab/tree/c-mutants';
import type { TreeMutation } from '#lab/tree/tree-mutation';
import { unitText } from '#lab/unit';
import { NOT_REACHED } from '#lab/verdict';
import type { LoadedTree } from '../c/load.ts';
import { type GroupScore, groupScores } from './groups.ts';
import { headlineOf, type Reported } from './run-report.ts';
import { jsonText, schemaOf, TOOL } from './schema.ts';
import { percentText, scoreOf } from './score.ts';
import { GROUP_HEAD, groupRow } from './tables.ts';
import { columns, countText, wrapText } from './texts.ts';
import { headText, honestyLines } from './tree-check.ts';

/** Mutants of a tree, and what became of them. */
export interface TreeMutationReport {
  /** What the user calls the tree. */
  readonly name: string;
  readonly tree: LoadedTree;
  readonly made: TreeMutants;
  readonly run: TreeMutation;
  /** What was left out by choice, in words. */
  readonly leftOut: readonly string[];
  /** Every interleaving instead of one for each invariant. */
  readonly isVerbose: boolean;
}

const WIDTH = 100;

export function treeMutantsText(report: TreeMutationReport): string {
  const { name, tree, run, made, leftOut } = report;
  const { mutants } = run;
  const parts =
    run.problems.length > 0
      ? [['This run is void, so there is no score:', ...run.problems.map((text) => `  ${text}`)]]
      : [
          columns([GROUP_HEAD, ...groupScores(mutants, functionOf).map(groupRow)]),
          columns([GROUP_HEAD, ...groupScores(mutants, operatorOf).map(groupRow)]),
          ...tables(report),
          lived('survived', mutants, (run) => isSurvivor(run) && !isNotTold(run)),
          lived('survived, and not told from the tree', mutants, isNotTold),
          lived('survived, on lines that no unit runs', mutants, isUnreached),
          lived('unknown', mutants, ({ verdict }) => verdict.verdict === 'unknown'),
          scoreLines(run),
        ];
  return [
    headText(name, tree),
    ...parts.map((lines) => lines.join('\n').trimEnd()),
    baselineLines(run).join('\n'),
    notMutable(made.left).join('\n'),
    honestyLines(tree.honesty).join('\n'),
    wrapText(`Not checked: ${leftOut.join(', ')}.`, WIDTH).join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

/** Only the mutants, before anything is run. */
export function treeMutantListText(
  { made }: Pick<TreeMutationReport, 'made'>,
  withDiffs: boolean,
): string {
  if (withDiffs) return made.mutants.map(({ mutant }) => `${mutant.id}\n${mutant.diff}\n`).join('');
  const rows = made.mutants.map(({ mutant }) => [mutant.id, mutant.description]);
  return `${[...columns(rows), ...notMutable(made.left)].join('\n')}\n`;
}

const functionOf = ({ mutant }: MutantRun): string => `${mutant.function}()`;
const operatorOf = ({ mutant }: MutantRun): string => mutant.name;

function isUnreached({ verdict }: MutantRun): boolean {
  return verdict.verdict === 'survived' && verdict.reason === NOT_REACHED;
}

/** Equal in all that was compared; larger bounds may tell. */
function isNotTold({ verdict }: MutantRun): boolean {
  return verdict.verdict === 'survived' && verdict.reason.startsWith(NOT_TOLD);
}

function isSurvivor(run: MutantRun): boolean {
  return run.verdict.verdict === 'survived' && !isUnreached(run);
}

/** What lived, each with its line and what is known of it. */
function lived(
  head: string,
  mutants: readonly MutantRun[],
  isMeant: (run: MutantRun) => boolean,
): string[] {
  const runs = mutants.filter(isMeant);
  if (runs.length === 0) return [];
  return [
    `${head}:`,
    ...runs.flatMap(({ mutant, verdict }) => {
      const why = ['', NOT_REACHED].includes(verdict.reason) ? [] : [verdict.reason];
      return [
        `  ${mutant.id}`,
        ...[mutant.description, ...why].flatMap((text) =>
          wrapText(text, WIDTH - 4).map((line) => `    ${line}`),
        ),
      ];
    }),
  ];
}

/** The interleavings, each headed by its mutant. */
function tables({ run, isVerbose }: TreeMutationReport): string[][] {
  const told = new Set<string>();
  return run.mutants.flatMap(({ story, witness }) => {
    const text = story?.text ?? witness?.text;
    const what = story?.kill.invariant ?? 'witness';
    const isNew = !told.has(what) && (story?.schedule ?? witness?.schedule ?? null) !== null;
    if (text === undefined || !(isVerbose || isNew)) return [];
    told.add(what);
    return [[text]];
  });
}

function scoreLines({ mutants, isInterrupted }: TreeMutation): string[] {
  const { of, detected, judged } = scoreOf(mutants);
  const unreached = mutants.filter(isUnreached).length;
  const notTold = mutants.filter(isNotTold).length;
  const notes = [
    `${of.killed} killed`,
    `${of.deadlock} deadlocked`,
    ...(of['lost-optimisation'] === 0 ? [] : [`${of['lost-optimisation']} lost an optimisation`]),
    `${of.survived - unreached - notTold} survived`,
    `${notTold} not told from the tree`,
    `${unreached} not reached`,
    `${of.unknown} unknown`,
  ];
  return [
    ...(isInterrupted ? ['Interrupted: what follows is not the whole run.'] : []),
    `score ${percentText(detected, judged)}: ${detected} of ${judged} (${notes.join(', ')})`,
  ];
}

/** What the tree itself says: a mutant is held against that. */
function baselineLines({ baseline: { results } }: TreeMutation): string[] {
  const open = results.filter(({ isComplete }) => !isComplete);
  const broken = results.filter(({ state }) => state === 'broken');
  return [
    `${countText(results.length, 'unit')} run on the tree as it stands` +
      (broken.length === 0 ? '' : `, ${broken.length} of which it breaks itself`),
    ...open.map((result) => `no mutant is run in ${unitText(result)}: ${result.reason}`),
  ];
}

function notMutable(left: readonly NotMutable[]): string[] {
  return left.map(({ function: name, why }) => `no mutants of ${name}(): ${why}`);
}

/** What mutationDocument() is to be made of. */
export function reportedOf(
  { tree, run }: Pick<TreeMutationReport, 'tree' | 'run'>,
  scenarios: Reported['scenarios'],
): Reported {
  const edited = new Set(run.mutants.map(({ mutant }) => mutant.file));
  const files = tree.files.filter(({ path }) => edited.has(path));
  return {
    result: {
      mutants: run.mutants,
      problems: run.problems.map((text) => ({ text, isUnknown: true })),
    },
    scenarios,
    regressions: [],
    sources: new Map(files.map(({ path, text }) => [path, text])),
    origin: { prefix: '', language: 'c' },
  };
}

/** The same for programs; without the text of the tree but in descriptions. */
export function treeMutantsDocument(report: TreeMutationReport): string {
  const { name, tree, run, made, leftOut } = report;
  const { of, detected, judged } = scoreOf(run.mutants);
  return jsonText({
    schema: schemaOf('mutate-tree'),
    tool: TOOL,
    tree: name,
    profile: tree.profile.name,
    isComplete: !run.isInterrupted && run.problems.length === 0,
    problems: run.problems,
    counts: { ...of, detected, judged, notReached: run.mutants.filter(isUnreached).length },
    verdicts: run.mutants.map((one) => ({
      id: one.mutant.id,
      operator: one.mutant.name,
      function: one.mutant.function,
      file: one.mutant.file,
      line: made.mutants.find(({ mutant }) => mutant.id === one.mutant.id)?.line,
      verdict: one.verdict.verdict,
      isReached: !isUnreached(one),
      ...(one.story === null
        ? {}
        : {
            invariant: one.story.kill.invariant,
            scenario: unitText(one.story.kill),
            schedule: one.story.schedule,
          }),
      reason: headlineOf(one),
    })),
    notMutable: made.left,
    notChecked: leftOut,
    honesty: tree.honesty,
  });
}

export type { GroupScore };
