// SPDX-License-Identifier: GPL-2.0-only
// Which of its violations tells the story of a mutant? Those of one invariant, in the smallest unit
// that breaks it: a regression names the invariant, for others an order is fixed here.

import type { MemoryModel } from '#vocabulary';
import type { Scenario } from './suites.ts';
import { type Unit, type UnitName, unitName, unitText, type Violation } from './unit.ts';

/** From the story that a guest can be told to the one that only a developer sees. */
export const ORDER: readonly string[] = [
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
const KINDS: readonly Violation['kind'][] = ['rule', 'stuck', 'crash'];
const MODELS: readonly MemoryModel[] = ['sc', 'pso-release'];

/** Sorts what is to be told first to the front. */
type Key = readonly (string | number)[];

/** What an era is known for is no story of a mutant, unless there is nothing else. */
function rankOf(violation: Violation, named: readonly string[]): Key {
  const order = [...named, ...ORDER];
  const place = order.indexOf(violation.invariant);
  return [
    Number(violation.isKnown),
    KINDS.indexOf(violation.kind),
    place < 0 ? order.length : place,
    violation.invariant,
  ];
}

/** The invariant that is told of one execution. Null if none is broken. */
export function storyInvariant(
  violations: readonly Violation[],
  named: readonly string[],
): string | null {
  const sorted = [...violations].sort((a, b) => compare(rankOf(a, named), rankOf(b, named)));
  return sorted[0]?.invariant ?? null;
}

/** The violation that is told: of the first invariant, the one in the smallest unit. */
export function storyOf<T extends UnitName & Violation>(
  violations: readonly T[],
  named: readonly string[],
  units: readonly Unit[],
): T | null {
  const sizes = new Map(units.map((unit) => [unitText(unitName(unit)), sizeRank(unit.scenario)]));
  const keyOf = (violation: T): Key => [
    ...rankOf(violation, named),
    ...sizes.get(unitText(violation))!,
    MODELS.indexOf(violation.memoryModel),
    violation.scenario,
    violation.mmio,
    violation.detail,
  ];
  return [...violations].sort((a, b) => compare(keyOf(a), keyOf(b)))[0] ?? null;
}

/** Sequences have no schedule to show, so interleavings go before them. */
export function sizeRank(scenario: Scenario): readonly number[] {
  if (scenario.kind === 'sequential') return [Number.MAX_SAFE_INTEGER, 0, 0];
  return [scenario.vcpus, scenario.updates.length, scenario.exits.length];
}

function compare(a: Key, b: Key): number {
  for (let i = 0; i < a.length; i++) {
    if (a[i]! < b[i]!) return -1;
    if (a[i]! > b[i]!) return 1;
  }
  return 0;
}
