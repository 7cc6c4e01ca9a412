// SPDX-License-Identifier: GPL-2.0-only
// In which scenarios does a bug show itself? In those in which the port that has it breaks what it
// is known to break: found by running the port, so that no list has to be kept.

import { portOf } from '#lab/ports';
import { loadMakers } from '#lab/registry';
import { claimOf, INVARIANTS, SCENARIOS, type Scenario } from '#lab/suites';
import { runUnit } from '#lab/unit';
import { unitsOf } from '#lab/units';
import { loadSystem } from '#lab/variants';
import { mutantOfRegression } from '#mutation/make';
import type { Regression } from '#mutation/mutant';
import type { EraName } from '#vocabulary';

/** How many scenarios are enough, and how large each may be. */
const ENOUGH = 3;
/** How many units are looked at, if one scenario is known: most bugs show in very few claims. */
const LOOKED_AT = 30;
const BUDGET_STATES = 20_000;

/**
 * Ids of scenarios, those that were written for the bug first, and small ones; none if the port of
 * this era cannot have the bug.
 */
export async function witnessesOf(regression: Regression, era: EraName): Promise<string[]> {
  const isUnfixed = regression.unfixed.includes(era);
  await loadMakers();
  const mutant = isUnfixed ? null : mutantOfRegression(portOf(era), regression);
  if (mutant === null && !isUnfixed) return [];
  const system = await loadSystem(era, mutant);
  const found: string[] = [];
  const scenarios = likelyFirst(regression);
  const choice = { scenarios, memoryModel: 'sc', budgetStates: BUDGET_STATES } as const;
  for (const [at, unit] of unitsOf(era, choice).entries()) {
    if (found.length >= ENOUGH || (found.length > 0 && at >= LOOKED_AT)) break;
    if (found.includes(unit.scenario.id)) continue;
    const { violations } = runUnit(system, unit, INVARIANTS);
    const isShown = violations.some(
      ({ invariant, isKnown }) => regression.breaks.includes(invariant) && isKnown === isUnfixed,
    );
    if (isShown) found.push(unit.scenario.id);
  }
  return found;
}

/** To go through all of them takes a minute in an era with large units. */
function likelyFirst({ ownScenarios }: Regression): Scenario[] {
  const isOwn = ({ id }: Scenario) => Number(ownScenarios?.includes(claimOf(id)) === true);
  return [...SCENARIOS].sort((a, b) => isOwn(b) - isOwn(a) || sizeOf(a) - sizeOf(b));
}

function sizeOf(scenario: Scenario): number {
  if (scenario.kind === 'sequential') return 0;
  const { vcpus, updates, exits } = scenario;
  return vcpus * (exits.length + 1) * (updates.length + 1);
}
