// SPDX-License-Identifier: GPL-2.0-only
// How does a violation come about? The shortest schedule of its unit, found in a fresh world,
// written down, read back and replayed in another fresh world before anybody sees it.

import { findCounterexample } from '#explorer/counterexample';
import { type Replayed, replay } from '#explorer/replay';
import type { RunEvent } from '#explorer/run';
import { parseSchedule, scheduleText } from '#explorer/schedule';
import type { Mutant } from '#mutation/mutant';
import type { EraName, RulesName, SystemUnderTest } from '#vocabulary';
import { boundsText } from './bounds.ts';
import { isBeforeThreads } from './explored.ts';
import { freshProgram } from './fresh-program.ts';
import { sourcesHash } from './sources.ts';
import { type Invariant, rulesNameOf } from './suites.ts';
import { type Unit, type Violation, violationsOf, violationText } from './unit.ts';

/** A system under test with all that names it. */
export interface Loaded {
  readonly era: EraName;
  /** Null: the era as it stands. */
  readonly mutant: Mutant | null;
  readonly system: SystemUnderTest;
  /** The C of a tree instead of a port: what it is called, and the hash of its functions. */
  readonly tree?: { readonly name: string; readonly hash: string };
}

/** An execution that breaks an invariant, replayed. */
export interface Told {
  readonly invariant: string;
  readonly schedule: string;
  readonly replayed: Replayed;
  /** True for events that break the invariant. */
  readonly breaks: (event: RunEvent) => boolean;
  /** What is shown if no invariant is broken, such as that it ends as the port never does. */
  readonly ends?: string;
}

/**
 * The search for the shortest schedule stores a state once for each thread that came there last.
 */
const MORE_STATES = 4;

/** It keeps paths too, so that more states than these would not fit into the heap of a worker. */
const STATES_MAX = 200_000;

/**
 * The shortest schedule that shows one of these violations of one invariant; null for a sequence,
 * which has no schedule, for a failure before any thread runs, and if the budget is spent. Throws
 * if the replay does not show it.
 */
export function tellViolations(
  loaded: Loaded,
  unit: Unit,
  violations: readonly Violation[],
  invariants: readonly Invariant[],
): Told | null {
  const { scenario, memoryModel, closureNodes } = unit;
  const [first] = violations;
  if (scenario.kind !== 'interleaving' || first === undefined) return null;
  if (violations.every(isBeforeThreads)) return null;
  const breaks = breaksOneOf(rulesNameOf(loaded.system), violations, invariants);
  const budgetStates = Math.min(
    (unit.budgetStates ?? scenario.budgetStates) * MORE_STATES,
    STATES_MAX,
  );
  const found = findCounterexample(freshProgram(loaded.system, scenario, unit), breaks, {
    memoryModel,
    budgetStates,
    closureNodes,
  });
  if (found.kind === 'unknown') return null;
  if (found.kind === 'none') {
    throw new Error(`${scenario.id}: the search saw ${first.invariant}, but no schedule shows it`);
  }
  const schedule = scheduleText({
    subject: loaded.tree?.name ?? loaded.mutant?.id ?? loaded.era,
    scenario: scenario.id,
    memoryModel,
    bounds: boundsText(scenario, unit.mmio),
    turns: found.turns,
    hash: loaded.tree?.hash ?? sourcesHash(loaded.era, loaded.mutant),
  });
  const { turns } = parseSchedule(schedule);
  const replayed = replay(freshProgram(loaded.system, scenario, unit), turns, memoryModel);
  if (!replayed.events.some(breaks)) {
    throw new Error(`${schedule}: the replay does not break ${first.invariant}`);
  }
  return { invariant: first.invariant, schedule, replayed, breaks };
}

/** True for events that are one of these violations. */
export function breaksOneOf(
  era: RulesName,
  violations: readonly Violation[],
  invariants: readonly Invariant[],
): (event: RunEvent) => boolean {
  const wanted = new Set(violations.map(violationText));
  // Whether a break is known is not asked, and only that depends on the scenario.
  return (event) =>
    violationsOf(invariants, era, [event], '').some((v) => wanted.has(violationText(v)));
}

/** Of the violations of an invariant those that are told: what is known only if nothing else is. */
export function toldOf<T extends Violation>(violations: readonly T[], invariant: string): T[] {
  const own = violations.filter((violation) => violation.invariant === invariant);
  const news = own.filter(({ isKnown }) => !isKnown);
  return news.length > 0 ? news : own;
}
