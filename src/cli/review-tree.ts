// SPDX-License-Identifier: GPL-2.0-only
// What does a patch change in its tree? The suites run on the tree's C before and after it, a few
// small scenarios that take seconds, and each invariant that is told apart becomes a row. `check
// --patch` runs all of them.

import { SCENARIOS, type Scenario } from '#lab/suites';
import { concerning } from '#lab/tree/hosting';
import { runTree } from '#lab/tree/tree-run';
import { loadedOf, type TreeStory, treeStories } from '#lab/tree/tree-story';
import { unitText } from '#lab/unit';
import { UserError } from '#user-error';
import { treeCanaryProblem } from '../c/canary.ts';
import { loadTree } from '../c/load.ts';
import type { Read } from '../c/profiles/shape.ts';
import { loadParser } from '../c/text/ast.ts';
import { applyPatch } from '../patch/apply.ts';
import type { TreeCheck } from '../report/tree-check.ts';
import { type Comparison, comparisonOf, type Unloaded } from '../report/tree-compare.ts';
import { withTreeRows } from '../review/tree-rows.ts';
import type { PatchReview, Review, Row, Story } from '../review/values.ts';
import { toldStory } from './told-story.ts';

const BUDGET_STATES = 20_000;

/** What takes a second or less each, and tells most: creation, move and deletion, one race each. */
const SMALL: readonly string[] = [
  'mmio-cache/a-created-slot-is-seen.1v1u1f',
  'mmio-cache/a-created-slot-is-seen.1v1u2f',
  'mmio-cache/a-created-slot-is-seen.2v1u1f',
  'mmio-cache/a-second-access-hits',
  'ioctl/a-failing-call-changes-nothing',
  'memslots/a-slot-moved-onto-a-gfn-is-seen.1v1u1f',
  'memslots/a-deleted-slot-is-gone.1v1u1f',
  'spte/every-generation-comes-back',
  'spte/fields-are-disjoint',
];

export interface TreeOptions {
  readonly name: string;
  readonly onUnit: (text: string) => void;
  readonly isOver: () => boolean;
}

type Side = TreeCheck | Unloaded;

/**
 * The review with what the suites say of each patch, every one on top of those before it. Throws a
 * UserError if the tree itself cannot be analysed; a patch for which it can not is `unknown`.
 */
export async function withTree(review: Review, read: Read, options: TreeOptions): Promise<Review> {
  const parser = await loadParser();
  const problem = treeCanaryProblem(parser);
  if (problem !== null) throw new UserError(problem, 3);
  let now = read;
  let before: Side = await sideOf(read, options, parser);
  if ('problem' in before) throw new UserError(before.problem, 3);
  const patches: PatchReview[] = [];
  for (const one of review.patches) {
    const { files, errors } = applyPatch(one.patch, now);
    const below = now;
    if (errors.length === 0)
      now = (path) => (files.has(path) ? (files.get(path) ?? null) : below(path));
    if (one.state !== 'reviewed') {
      patches.push(one);
      if (files.size > 0) before = await sideOf(now, options, parser);
      continue;
    }
    const after: Side =
      errors.length > 0
        ? { name: options.name, problem: `does not apply: ${errors.join('; ')}` }
        : await sideOf(now, options, parser);
    patches.push(withTreeRows(one, answerOf(before, after)));
    if (errors.length === 0) before = after;
  }
  return { ...review, patches, notChecked: notChecked(review) };
}

async function sideOf(
  read: Read,
  { name, onUnit, isOver }: TreeOptions,
  parser: Awaited<ReturnType<typeof loadParser>>,
): Promise<Side> {
  try {
    const tree = loadTree(parser, read);
    const scenarios = concerning(smallest(), tree.system);
    const choice = {
      scenarios,
      mmio: null,
      memoryModel: 'sc',
      budgetStates: BUDGET_STATES,
    } as const;
    const run = await runTree(tree, choice, (unit) => onUnit(unitText(unit)), isOver);
    return { name, tree, drift: null, run, stories: [], isVerbose: false };
  } catch (error) {
    if (error instanceof UserError && error.exitCode === 3) return { name, problem: error.message };
    throw error;
  }
}

const smallest = (): Scenario[] => SCENARIOS.filter(({ id }) => SMALL.includes(id));

function answerOf(before: Side, after: Side) {
  if ('problem' in before) return { problem: `the tree before it: ${before.problem}` };
  const comparison: Comparison = comparisonOf(before, after);
  if ('problem' in after) return { problem: after.problem };
  const broken = comparison.changes.some(({ effect }) => effect === 'regression');
  const stories = broken ? treeStories(after.tree, after.run) : [];
  return {
    changes: comparison.changes,
    functions: comparison.functions,
    runs: after.run.results.length,
    answered: after.run.results.filter(({ state }) => state === 'holds' || state === 'known')
      .length,
    storyOf: (invariant: string): Row['story'] => {
      const story = stories.find((one) => one.invariant === invariant);
      return story === undefined ? null : drawn(after, story);
    },
  };
}

function drawn({ tree, name }: TreeCheck, { unit, told }: TreeStory): Story {
  return toldStory(`${name}, patched`, loadedOf(tree), unit, told);
}

function notChecked({ notChecked: all }: Review): string[] {
  return [
    `other scenarios than ${SMALL.length} small ones (kvm-mutants check --patch runs all)`,
    'weak memory',
    ...all.filter((one) => !one.startsWith('nothing was run') && !one.startsWith('whether the')),
  ];
}
