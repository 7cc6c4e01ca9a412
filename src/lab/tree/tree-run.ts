// SPDX-License-Identifier: GPL-2.0-only
// What do the suites say of the C of a tree? Every scenario that its profile hosts is run like on a
// port; what is not hosted, and what no answer was found for, stays visible as such.

import type { MemoryModel } from '#vocabulary';
import { notHostedReason } from '../../c/driver/not-hosted.ts';
import type { LoadedTree } from '../../c/load.ts';
import { INVARIANTS, rulesNameOf, type Scenario } from '../suites.ts';
import {
  type Mmio,
  runUnit,
  type Unit,
  type UnitName,
  type UnitResult,
  unitName,
} from '../unit.ts';
import { unitsOf } from '../units.ts';
import { whyNotHosted } from './hosting.ts';

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
}

/**
 * C looks at the slots several times in an exit where a port does so once or twice, and may find
 * other ones each time. 3.19 needs 563,000 where two vCPUs run beside two updates. Where stores are
 * delayed, more than we could hold would be needed.
 */
const CLOSURE_NODES = 1_000_000;

/** The units of a tree that its profile hosts. */
export function treeUnits(tree: LoadedTree, choice: TreeChoice): Unit[] {
  const { scenarios, mmio, memoryModel, budgetStates } = choice;
  const hosted = scenarios.filter((scenario) => whyNotHosted(scenario, tree) === null);
  return unitsOf(rulesNameOf(tree.system), { scenarios: hosted, memoryModel, budgetStates })
    .filter((unit) => mmio === null || unit.mmio === mmio)
    .map((unit) => (unit.memoryModel === 'sc' ? { ...unit, closureNodes: CLOSURE_NODES } : unit));
}

/** Runs them. `isOver` is asked before each. */
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
    results.push({ ...result, state: stateOf(result) });
    // A signal is seen between two turns of the event loop only.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return {
    units,
    results,
    notHosted: notHostedIn(tree, choice, results),
    isCut: results.length < units.length,
  };
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

function stateOf({ isComplete, reason, violations }: UnitResult): TreeState {
  if (violations.some(({ isKnown }) => !isKnown)) return 'broken';
  if (notHostedReason(reason) !== null) return 'not hosted';
  if (!isComplete) return 'unknown';
  return violations.length > 0 ? 'known' : 'holds';
}
