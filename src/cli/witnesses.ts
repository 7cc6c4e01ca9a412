// SPDX-License-Identifier: GPL-2.0-only
// In which scenarios does a bug show itself? In those in which the port that has it breaks what it
// is known to break: found by running the port, so that no list has to be kept.

import { portOf } from '#lab/ports';
import { loadMakers } from '#lab/registry';
import { claimOf, ERAS, INVARIANTS, SCENARIOS, type Scenario } from '#lab/suites';
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

/** Where a bug shows itself, and how. */
export interface Witnesses {
  /** Ids, those that were written for the bug first, and small ones. */
  readonly scenarios: readonly string[];
  /**
   * How it breaks invariants that only rules of scenarios break, in words that are the same for
   * every kernel; empty if there are none, or if no port could be made to have it.
   */
  readonly details: ReadonlySet<string>;
}

const NOWHERE: Witnesses = { scenarios: [], details: new Set() };

/**
 * If the port of this era cannot have the bug, they are those of the newest era before it that can:
 * what was right to ask then still is, while a rule of a later kernel may be new. None if no such
 * era can have it. What a port is known for may be several bugs at once: how this one shows is then
 * seen in an era that has mended it.
 */
export async function witnessesOf(regression: Regression, era: EraName): Promise<Witnesses> {
  const { eras, unfixed } = regression;
  const names = ERAS.map(({ name }) => name);
  const before = names.slice(0, names.indexOf(era) + 1).toReversed();
  const own = before.find((name) => eras.includes(name) || unfixed.includes(name));
  if (own === undefined) return NOWHERE;
  await loadMakers();
  if (!unfixed.includes(own)) return witnessesIn(regression, own, null);
  const mended = eras[0] === undefined ? NOWHERE : await witnessesIn(regression, eras[0], null);
  const { scenarios } = await witnessesIn(regression, own, mended.details);
  return { scenarios, details: mended.details };
}

/** `details`: how the bug shows in a port that has it as it stands. Null: it is a mutant here. */
async function witnessesIn(
  regression: Regression,
  era: EraName,
  details: ReadonlySet<string> | null,
): Promise<Witnesses> {
  const mutant = details === null ? mutantOfRegression(portOf(era), regression) : null;
  if (details === null && mutant === null) return NOWHERE;
  const system = await loadSystem(era, mutant);
  const found: string[] = [];
  const shown = new Set<string>();
  const scenarios = likelyFirst(regression);
  const choice = { scenarios, memoryModel: 'sc', budgetStates: BUDGET_STATES } as const;
  for (const [at, unit] of unitsOf(era, choice).entries()) {
    if (found.length >= ENOUGH || (found.length > 0 && at >= LOOKED_AT)) break;
    if (found.includes(unit.scenario.id)) continue;
    const ways = runUnit(system, unit, INVARIANTS).violations.filter(
      ({ invariant, detail, isKnown }) =>
        regression.breaks.includes(invariant) &&
        isKnown === (details !== null) &&
        (details === null || details.size === 0 || details.has(detail) || !isRuled(invariant)),
    );
    for (const { invariant, detail } of ways) if (isRuled(invariant)) shown.add(detail);
    if (ways.length > 0) found.push(unit.scenario.id);
  }
  return { scenarios: found, details: shown };
}

/** Is it broken by rules alone? What events say names functions of one kernel. */
function isRuled(name: string): boolean {
  return INVARIANTS.find((invariant) => invariant.name === name)!.events.length === 0;
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
