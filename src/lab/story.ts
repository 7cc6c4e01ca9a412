// SPDX-License-Identifier: GPL-2.0-only
// Which of its kills tells the story of a mutant? One invariant, and the smallest unit that breaks
// it: a regression names the invariant, for others an order is fixed here.

import type { MemoryModel } from '#explorer/program';
import type { Scenario } from './suites.ts';
import { type Unit, unitName, unitText } from './unit.ts';
import type { Kill } from './verdict.ts';

/** From the story that a guest can be told to the one that only a developer sees. */
const ORDER: readonly string[] = [
  'stale-after-update',
  'zap-before-reuse',
  'no-mapping-after-flush',
  'stale-in-window',
  'protected-access',
  'no-half-built-set',
  'cache-effective-at-rest',
  'no-in-flux-tag',
  'spte-round-trip',
  'no-kernel-warning',
];
const KINDS: readonly Kill['kind'][] = ['rule', 'stuck', 'crash'];
const MODELS: readonly MemoryModel[] = ['sc', 'pso-release'];

/**
 * The kill that is to be told: of the first of these invariants that was broken (or else of the fixed
 * order, or else by name), the one in the smallest unit. Null if nothing was broken.
 */
export function storyOf(
  kills: readonly Kill[],
  named: readonly string[],
  units: readonly Unit[],
): Kill | null {
  const order = [...named, ...ORDER];
  const rank = ({ invariant }: Kill) => {
    const place = order.indexOf(invariant);
    return place < 0 ? order.length : place;
  };
  const sizes = new Map(units.map((unit) => [unitText(unitName(unit)), sizeRank(unit.scenario)]));
  const size = (kill: Kill) => sizes.get(unitText(kill))!;
  const keyOf = (kill: Kill) => [
    KINDS.indexOf(kill.kind),
    rank(kill),
    rank(kill) === order.length ? kill.invariant : '',
    ...size(kill),
    MODELS.indexOf(kill.memoryModel),
    kill.scenario,
    kill.mmio,
    kill.detail,
  ];
  return [...kills].sort((a, b) => compareKeys(keyOf(a), keyOf(b)))[0] ?? null;
}

/** Sequences are smaller than every interleaving, but they have no schedule to show. */
function sizeRank(scenario: Scenario): number[] {
  if (scenario.kind === 'sequential') return [9, 9, 9];
  return [scenario.vcpus, scenario.updates.length, scenario.exits.length];
}

function compareKeys(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (let i = 0; i < a.length; i++) {
    if (a[i]! < b[i]!) return -1;
    if (a[i]! > b[i]!) return 1;
  }
  return 0;
}
