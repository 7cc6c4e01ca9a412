// SPDX-License-Identifier: GPL-2.0-only
// How does a violation come about? The shortest schedule of its unit, found in a fresh world, written
// down, read back and replayed in another fresh world before anybody sees it.

import { findCounterexample } from '#explorer/counterexample';
import type { Program } from '#explorer/program';
import { type Replayed, replay } from '#explorer/replay';
import type { RunEvent } from '#explorer/run';
import { parseSchedule, scheduleText } from '#explorer/schedule';
import type { Mutant } from '#mutation/mutant';
import type { EraName, SystemUnderTest } from '#vocabulary';
import { sourcesHash } from './sources.ts';
import { hostOf, type InterleavingScenario, type Invariant, programOf, sizeOf } from './suites.ts';
import { type Unit, type Violation, violationsOf, violationText } from './unit.ts';

/** A system under test with all that names it. */
export interface Loaded {
  readonly era: EraName;
  /** Null: the era as it stands. */
  readonly mutant: Mutant | null;
  readonly system: SystemUnderTest;
}

/** A counterexample that was replayed. */
export interface Told {
  readonly invariant: string;
  readonly schedule: string;
  readonly replayed: Replayed;
  /** True for events that break the invariant. */
  readonly breaks: (event: RunEvent) => boolean;
}

/** States that the search for the shortest schedule may store, for each state of the unit's budget. */
const MORE_STATES = 4;

/**
 * The shortest schedule that shows one of these violations of one invariant; null for a sequence,
 * which has no schedule, and if the budget is spent. Throws if the replay does not show it.
 */
export function tellViolations(
  loaded: Loaded,
  unit: Unit,
  violations: readonly Violation[],
  invariants: readonly Invariant[],
): Told | null {
  const { scenario, memoryModel } = unit;
  const [first] = violations;
  if (scenario.kind !== 'interleaving' || first === undefined) return null;
  const breaks = (event: RunEvent) => {
    const texts = violationsOf(invariants, loaded.era, [event]).map(violationText);
    return violations.some((violation) => texts.includes(violationText(violation)));
  };
  const budget = (unit.budgetStates ?? scenario.budgetStates) * MORE_STATES;
  const found = findCounterexample(freshProgram(loaded.system, scenario, unit), breaks, {
    memoryModel,
    budgetStates: budget,
  });
  if (found.kind === 'none') {
    throw new Error(`${scenario.id}: the search saw ${first.invariant}, but no schedule shows it`);
  }
  if (found.kind === 'unknown') return null;
  const schedule = scheduleText({
    subject: loaded.mutant?.id ?? loaded.era,
    scenario: scenario.id,
    memoryModel,
    bounds: boundsText(scenario, unit.mmio),
    turns: found.turns,
    hash: sourcesHash(loaded.era, loaded.mutant),
  });
  const { turns } = parseSchedule(schedule);
  const replayed = replay(freshProgram(loaded.system, scenario, unit), turns, memoryModel);
  if (!replayed.events.some(breaks)) {
    throw new Error(`${schedule}: the replay does not break ${first.invariant}`);
  }
  return { invariant: first.invariant, schedule, replayed, breaks };
}

/** A program in a new world: an exploration uses its world up. */
export function freshProgram(
  system: SystemUnderTest,
  scenario: InterleavingScenario,
  { mmio, memoryModel }: Pick<Unit, 'mmio' | 'memoryModel'>,
): Program {
  return programOf(system, scenario, {
    host: hostOf(scenario.host, mmio),
    memoryModel,
    wantLogs: false,
  });
}

/** Size and mask as schedules have them, such as `1v1u2f-ept`. */
export function boundsText(scenario: InterleavingScenario, mmio: Unit['mmio']): string {
  return `${sizeOf(scenario)}-${mmio}`;
}
