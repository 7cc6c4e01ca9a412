// SPDX-License-Identifier: GPL-2.0-only
// What do the suites say of the C of a tree? Every scenario that its profile hosts is run like on a
// port; what is not hosted, and what no answer was found for, stays visible as such.

import type { EraName, MemoryModel } from '#vocabulary';
import { notHostedReason } from '../../c/driver/not-hosted.ts';
import type { LoadedTree } from '../../c/load.ts';
import { INVARIANTS, rulesNameOf, type Scenario } from '../suites.ts';
import {
  emptyResult,
  type Mmio,
  orderOf,
  runUnit,
  type Unit,
  type UnitName,
  type UnitResult,
  unitName,
} from '../unit.ts';
import { unitsOf } from '../units.ts';
import { unexcused, unexcusedText } from './excuses.ts';
import { whyNotHosted } from './hosting.ts';
import type { TreePool } from './tree-pool.ts';
import type { UnitAnswer } from './tree-task.ts';

/** `known`: only what kernels of this kind are known to break is broken. */
export type TreeState = 'holds' | 'known' | 'broken' | 'unknown' | 'not hosted';

export interface TreeResult extends UnitResult {
  readonly state: TreeState;
}

export interface TreeRun {
  readonly units: readonly Unit[];
  /** One for each unit that was run, in order. */
  readonly results: readonly TreeResult[];
  /** Scenarios that were not run, and why. */
  readonly notHosted: readonly { readonly scenario: string; readonly why: string }[];
  /** It was stopped before the end: what is missing is unknown. */
  readonly isCut: boolean;
}

export interface TreeChoice {
  readonly scenarios: readonly Scenario[];
  readonly mmio: Mmio | null;
  readonly memoryModel: MemoryModel | null;
  readonly budgetStates: number | null;
  /** The tree is not what the port of its era was written from. */
  readonly hasDrifted?: boolean;
}

/** The units of a tree that its profile hosts. */
export function treeUnits(tree: LoadedTree, choice: TreeChoice): Unit[] {
  const { scenarios, mmio, memoryModel, budgetStates } = choice;
  const hosted = scenarios.filter((scenario) => whyNotHosted(scenario, tree) === null);
  const units = unitsOf(rulesNameOf(tree.system), { scenarios: hosted, memoryModel, budgetStates });
  return units.filter((unit) => mmio === null || unit.mmio === mmio);
}

/** Runs them here. `isOver` is asked before each. */
export async function runTree(
  tree: LoadedTree,
  choice: TreeChoice,
  onUnit: (name: UnitName) => void = () => {},
  isOver: () => boolean = () => false,
): Promise<TreeRun> {
  const units = treeUnits(tree, choice);
  const results: TreeResult[] = [];
  for (const unit of units) {
    if (isOver()) break;
    onUnit(unitName(unit));
    const result = runUnit(tree.system, unit, INVARIANTS);
    const { era } = tree.system;
    const bad = choice.hasDrifted === true ? await unexcused(tree.system, unit, result) : [];
    results.push(judged(era, result, bad));
    // A signal is seen between two turns of the event loop only.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return toldRun(tree, choice, units, results);
}

/** A run, and which lines of the tree each unit runs, as `file:line`. */
export interface ReachedRun extends TreeRun {
  /** One for each result, sorted; empty unless it was asked for. */
  readonly reached: readonly (readonly string[])[];
}

/** Runs them in a pool that has the tree as its `number`. `onUnit` is told how many are done. */
export async function runTreeIn(
  pool: TreePool,
  number: number,
  tree: LoadedTree,
  choice: TreeChoice,
  onUnit: (done: number, of: number) => void,
  tellsReached = false,
): Promise<ReachedRun> {
  const units = treeUnits(tree, choice);
  const tasks = units.map((unit) => ({
    ...{ kind: 'unit' as const, tree: number, tellsReached },
    hasDrifted: choice.hasDrifted === true,
    unit: orderOf(unit),
  }));
  const answers = await pool.run<UnitAnswer>(tasks, (done) => onUnit(done, units.length));
  const ran = answers.flatMap((answer, i) => {
    if (answer === undefined) return [];
    const reason = 'a worker ran out of memory';
    const none = () => emptyResult(unitName(units[i]!), { isComplete: false, reason });
    const {
      result,
      reached,
      unexcused: bad,
    } = answer ?? {
      ...{ result: none(), reached: [], unexcused: [] },
    };
    return [{ result: judged(tree.system.era, result, bad), reached }];
  });
  const results = ran.map(({ result }) => result);
  return {
    ...toldRun(tree, choice, units, results),
    reached: ran.map(({ reached }) => reached),
  };
}

export function toldRun(
  tree: LoadedTree,
  choice: TreeChoice,
  units: readonly Unit[],
  results: readonly TreeResult[],
): TreeRun {
  const notHosted = notHostedIn(tree, choice, results);
  return { units, results, notHosted, isCut: results.length < units.length };
}

function notHostedIn(
  tree: LoadedTree,
  { scenarios }: TreeChoice,
  results: readonly TreeResult[],
): TreeRun['notHosted'] {
  const seen = scenarios.flatMap((scenario) => {
    const why = whyNotHosted(scenario, tree);
    return why === null ? [] : [{ scenario: scenario.id, why }];
  });
  const met = results.flatMap(({ scenario, reason }) => {
    const why = notHostedReason(reason);
    return why === null ? [] : [{ scenario, why }];
  });
  return [...new Map([...seen, ...met].map((one) => [one.scenario, one])).values()];
}

/** A result with what it means; `bad` is what may not be excused. */
function judged(era: EraName, result: UnitResult, bad: readonly string[]): TreeResult {
  const state = stateOf(result);
  if (state !== 'known' || bad.length === 0) return { ...result, state };
  return { ...result, state: 'unknown', reason: unexcusedText(era, bad) };
}

export function stateOf({ isComplete, reason, violations }: UnitResult): TreeState {
  if (violations.some(({ isKnown }) => !isKnown)) return 'broken';
  if (notHostedReason(reason) !== null) return 'not hosted';
  if (!isComplete) return 'unknown';
  return violations.length > 0 ? 'known' : 'holds';
}
