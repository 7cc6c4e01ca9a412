// SPDX-License-Identifier: GPL-2.0-only
// What does a patch change in its tree? The suites run on the tree's C before and after it, a few
// small scenarios that take seconds, and each invariant that is told apart becomes a row. `check
// --patch` runs all of them.

import { SCENARIOS, type Scenario } from '#lab/suites';
import { concerning } from '#lab/tree/hosting';
import { isSame, runSide, type TreeSide } from '#lab/tree/same-run';
import { runTouchedMutants, type TouchedMutants } from '#lab/tree/touched-mutants';
import { loadedOf, type TreeStory, treeStories } from '#lab/tree/tree-story';
import { unitText } from '#lab/unit';
import { UserError } from '#user-error';
import { treeCanaryProblem } from '../c/canary.ts';
import { type LoadedTree, loadTree } from '../c/load.ts';
import type { Read } from '../c/profiles/shape.ts';
import { type CParser, loadParser } from '../c/text/ast.ts';
import { applyPatch, type ThreeWay } from '../patch/apply.ts';
import type { TreeCheck } from '../report/tree-check.ts';
import { comparisonOf } from '../report/tree-compare.ts';
import { type TreeAnswer, withMerged, withTreeRows } from '../review/tree-rows.ts';
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
  /** Where files are found that a patch was made for, if the tree has others; null: nowhere. */
  readonly threeWay: ThreeWay | null;
  /** How many steps mutants of the touched lines may take, all together; 0: none are run. */
  readonly budgetMutants: number;
}

/**
 * The review with what the suites say of each patch, every one on top of those before it. Throws a
 * UserError if the tree itself cannot be analysed; a patch for which it can not is `unknown`.
 */
export async function withTree(review: Review, read: Read, options: TreeOptions): Promise<Review> {
  const parser = await loadParser();
  const problem = treeCanaryProblem(parser);
  if (problem !== null) throw new UserError(problem, 3);
  const trees = new Trees(parser, options);
  trees.begin(read);
  let now = read;
  const patches: PatchReview[] = [];
  for (const one of review.patches) {
    const { files, errors, merged } = applyPatch(one.patch, now, options.threeWay);
    if (errors.length === 0 && files.size > 0) {
      const below = now;
      now = (path) => (files.has(path) ? (files.get(path) ?? null) : below(path));
    }
    if (one.state !== 'reviewed') {
      patches.push(one);
      if (errors.length === 0 && files.size > 0) trees.follow(now);
    } else if (errors.length > 0) {
      const problem = `does not apply: ${errors.join('; ')}`;
      patches.push(withTreeRows(one, { problem }, null));
    } else {
      const { answer, mutants } = await trees.compare(now);
      patches.push(withTreeRows(withMerged(one, merged), answer, mutants));
    }
  }
  return { ...review, patches, notChecked: notChecked(review) };
}

/** The tree that the next patch is held against, and what was run on it as soon as it must be. */
class Trees {
  readonly #parser: CParser;
  readonly #options: TreeOptions;
  #tree: Loaded = { problem: 'no tree was read' };
  #side: TreeSide | null = null;

  constructor(parser: CParser, options: TreeOptions) {
    this.#parser = parser;
    this.#options = options;
  }

  /** Throws a UserError if it cannot be analysed. */
  begin(read: Read): void {
    this.#tree = this.#load(read);
    if ('problem' in this.#tree) throw new UserError(this.#tree.problem, 3);
  }

  /** Goes on to the tree with a patch that is not looked at. */
  follow(read: Read): void {
    const before = this.#tree;
    const after = this.#load(read);
    if (!('problem' in before) && !('problem' in after) && isSame(before, after)) return;
    this.#tree = after;
    this.#side = null;
  }

  async compare(read: Read): Promise<{ answer: TreeAnswer; mutants: TouchedMutants | null }> {
    const { name, isOver, budgetMutants } = this.#options;
    const before = this.#tree;
    const after = this.#load(read);
    this.#tree = after;
    if ('problem' in after) {
      this.#side = null;
      return { answer: after, mutants: null };
    }
    if ('problem' in before) {
      return { answer: { problem: `the tree before it: ${before.problem}` }, mutants: null };
    }
    if (isSame(before, after)) {
      this.#tree = before;
      return { answer: UNTOUCHED, mutants: null };
    }
    const old = this.#side ?? (await this.#run(before, null));
    const side = await this.#run(after, old);
    this.#side = side;
    const answer = answerOf(name, old, side);
    // Of lines that break something nobody wants to know what else would go unnoticed.
    const isBroken =
      'changes' in answer && answer.changes.some(({ effect }) => effect === 'regression');
    const mutants =
      isBroken || budgetMutants === 0
        ? null
        : runTouchedMutants(this.#parser, before, side, budgetMutants, isOver);
    return { answer, mutants };
  }

  #load(read: Read): Loaded {
    try {
      return loadTree(this.#parser, read, { tellsReached: true });
    } catch (error) {
      if (error instanceof UserError && error.exitCode === 3) return { problem: error.message };
      throw error;
    }
  }

  /** `before`: what was run on a tree that may be the same in part. */
  #run(tree: LoadedTree, before: TreeSide | null): Promise<TreeSide> {
    const { onUnit, isOver } = this.#options;
    const scenarios = concerning(smallest(), tree.system);
    const choice = {
      scenarios,
      mmio: null,
      memoryModel: 'sc',
      budgetStates: BUDGET_STATES,
    } as const;
    return runSide(tree, choice, before, (unit) => onUnit(unitText(unit)), isOver);
  }
}

type Loaded = LoadedTree | { readonly problem: string };

/** Nothing differs that scenarios run. */
const UNTOUCHED: TreeAnswer = {
  changes: [],
  functions: [],
  runs: 0,
  answered: 0,
  storyOf: () => null,
};

const smallest = (): Scenario[] => SCENARIOS.filter(({ id }) => SMALL.includes(id));

function answerOf(name: string, before: TreeSide, after: TreeSide): TreeAnswer {
  const check = (side: TreeSide): TreeCheck => {
    return { name, ...side, drift: null, stories: [], isVerbose: false };
  };
  const comparison = comparisonOf(check(before), check(after));
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
      return story === undefined ? null : drawn(check(after), story);
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
