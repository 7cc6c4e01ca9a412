// SPDX-License-Identifier: GPL-2.0-only
// What does a worker do for a tree? It loads the tree once, from the texts that it is given, and
// runs units on it: as it stands, or with one function of a mutant in the place of the tree's.

import type { Mutant } from '#mutation/mutant';
import { type LoadedTree, loadTree } from '../../c/load.ts';
import type { CParser } from '../../c/text/ast.ts';
import { type Comparison, see } from '../compare.ts';
import type { Seen } from '../sight.ts';
import { INVARIANTS } from '../suites.ts';
import { type Draw, type Story, unitOf } from '../task.ts';
import {
  runUnit,
  type Unit,
  type UnitOrder,
  type UnitResult,
  unitName,
  unitText,
} from '../unit.ts';
import type { Verdict } from '../verdict.ts';
import type { Witness } from '../witness.ts';
import { type AgainstPort, againstPort } from './against-port.ts';
import { runCMutant } from './c-mutant-run.ts';
import { unexcused } from './excuses.ts';
import { readKept, type TreeFiles } from './tree-files.ts';

/** What workers are given when they are made: the trees that tasks name by number. */
export interface TreeWorkerData {
  readonly trees: readonly TreeFiles[];
}

interface OfTree {
  readonly tree: number;
}

/** `tellsReached`: which lines does it run? */
export interface UnitTask extends OfTree {
  readonly kind: 'unit';
  readonly unit: UnitOrder;
  readonly tellsReached: boolean;
  /** The tree is not what the port of its era was written from. */
  readonly hasDrifted: boolean;
}

export interface CMutantTask extends OfTree {
  readonly kind: 'mutant';
  readonly mutant: Mutant;
  /** The units that reach it, and what the tree does in each. */
  readonly units: readonly UnitOrder[];
  readonly baseline: readonly UnitResult[];
}

/** Is the tree told from the port of its era? */
export interface AgainstTask extends OfTree {
  readonly kind: 'against-port';
  readonly unit: UnitOrder;
}

export type TreeTask = UnitTask | CMutantTask | AgainstTask;

export interface UnitAnswer {
  readonly result: UnitResult;
  /** `file:line`, sorted; empty unless it was asked for. */
  readonly reached: readonly string[];
  /** What it breaks, and may not be excused for; empty unless the tree has drifted. */
  readonly unexcused: readonly string[];
}

export interface CMutantAnswer {
  /** Those that were run, in the order of the task. */
  readonly units: readonly UnitResult[];
  readonly verdict: Verdict;
  readonly story: Story | null;
  readonly witness: Witness | null;
}

export type TreeAnswer = UnitAnswer | CMutantAnswer | AgainstPort;

/** Does tasks of some trees. What was loaded, and what was seen of a tree, is kept. */
export class TreeWorker {
  readonly #parser: CParser;
  readonly #trees: readonly TreeFiles[];
  readonly #draw: Draw;
  readonly #loaded = new Map<string, LoadedTree>();
  readonly #seen = new Map<string, Seen>();

  constructor(parser: CParser, { trees }: TreeWorkerData, draw: Draw) {
    this.#parser = parser;
    this.#trees = trees;
    this.#draw = draw;
  }

  async run(task: TreeTask): Promise<TreeAnswer> {
    if (task.kind === 'unit') return this.#unit(task);
    const tree = this.#tree(task.tree, false);
    if (task.kind === 'against-port') {
      return againstPort(tree, unitOf(task.unit), this.#see(task.tree), this.#draw);
    }
    const { mutant, units, baseline } = task;
    const trial = { mutant, units: units.map(unitOf), baseline };
    return runCMutant(tree, trial, this.#see(task.tree), this.#draw);
  }

  async #unit({ tree: number, unit: order, ...task }: UnitTask): Promise<UnitAnswer> {
    const tree = this.#tree(number, task.tellsReached);
    const unit = unitOf(order);
    tree.takeReached();
    const result = runUnit(tree.system, unit, INVARIANTS);
    const reached = [...tree.takeReached()].sort();
    const bad = task.hasDrifted ? await unexcused(tree.system, unit, result) : [];
    return { result, reached, unexcused: bad };
  }

  #tree(number: number, tellsReached: boolean): LoadedTree {
    const key = `${number} ${tellsReached}`;
    let tree = this.#loaded.get(key);
    if (tree === undefined) {
      tree = loadTree(this.#parser, readKept(this.#trees[number]!), { tellsReached });
      this.#loaded.set(key, tree);
    }
    return tree;
  }

  /** What is seen of a tree as it stands, in a unit. */
  #see(number: number): SeeTree {
    return (unit) => {
      const key = `${number} ${unitText(unitName(unit))} ${unit.budgetStates}`;
      let seen = this.#seen.get(key);
      if (seen === undefined) {
        seen = see(this.#tree(number, false).system, unit);
        this.#seen.set(key, seen);
      }
      return seen;
    };
  }
}

export type SeeTree = (unit: Unit) => Seen;
export type { Comparison };
