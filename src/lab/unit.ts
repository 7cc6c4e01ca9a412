// SPDX-License-Identifier: GPL-2.0-only
// What does one system under test do in one scenario, under one mask and one memory model? A pure
// function: the same input gives the same result on any machine. Nothing is stopped early, so that
// the matrix of mutants and invariants is complete.

import type { RunEvent } from '#explorer/run';
import type { HostConfig, MemoryModel, RulesName, SystemUnderTest } from '#vocabulary';
import {
  type EngineChoice,
  type Explored,
  explore,
  NO_COUNTS,
  REDUCED,
  type UnitCounts,
} from './explored.ts';
import { breaksOf, type Invariant, rulesNameOf, type Scenario } from './suites.ts';

export type Mmio = HostConfig['mmio'];

/** What a unit is called: a scenario under a mask and a memory model. */
export interface UnitName {
  readonly scenario: string;
  readonly mmio: Mmio;
  readonly memoryModel: MemoryModel;
}

/** What is to be run. */
export interface Unit {
  readonly scenario: Scenario;
  readonly mmio: Mmio;
  readonly memoryModel: MemoryModel;
  /** Most states to store; null: as many as the scenario says. */
  readonly budgetStates: number | null;
  /** See `closureNodes` of a search. */
  readonly closureNodes?: number;
  /** Keeps what can be told of it from outside. */
  readonly isObserved?: boolean;
}

/** A unit that can be sent to another thread: functions cannot. */
export interface UnitOrder extends UnitName {
  readonly budgetStates: number | null;
  /** See `closureNodes` of a search. */
  readonly closureNodes?: number;
}

/** One way in which an invariant was broken. */
export interface Violation {
  readonly invariant: string;
  readonly detail: string;
  /**
   * `rule`: something false was seen. `stuck`: no end is reached. `crash`: the code itself failed.
   */
  readonly kind: 'rule' | 'stuck' | 'crash';
  /** The era is known to break the invariant in this way. */
  readonly isKnown: boolean;
}

export interface UnitResult extends UnitName {
  /**
   * Why it was not run; the violations are then those of the port, which are the same. Not there
   * if it was run.
   */
  readonly skipped?: 'not-reached';
  /** False: what was not found may still be there. `reason` says why. */
  readonly isComplete: boolean;
  readonly reason: string;
  /** Sorted by invariant and detail. */
  readonly violations: readonly Violation[];
  readonly counts: UnitCounts;
}

export function unitName({ scenario, mmio, memoryModel }: Unit): UnitName {
  return { scenario: scenario.id, mmio, memoryModel };
}

/** How a unit is written, such as `mmio-cache/a-created-slot-is-seen.1v1u1f ept sc`. */
export function unitText({ scenario, mmio, memoryModel }: UnitName): string {
  return `${scenario} ${mmio} ${memoryModel}`;
}

/** A unit as it is sent to another thread. */
export function orderOf(unit: Unit): UnitOrder {
  const { scenario, mmio, memoryModel, budgetStates, closureNodes } = unit;
  const order = { scenario: scenario.id, mmio, memoryModel, budgetStates };
  return closureNodes === undefined ? order : { ...order, closureNodes };
}

/**
 * Runs a unit on a system under test. Throws an Error if an event has no invariant, which is a
 * fault of the suites, and lets errors of ours through.
 */
export function runUnit(
  system: SystemUnderTest,
  unit: Unit,
  invariants: readonly Invariant[],
  engine: EngineChoice = REDUCED,
): UnitResult {
  return lookAt(system, unit, invariants, engine).result;
}

/** Runs a unit, and tells what could be told of it from outside if it is observed. */
export function lookAt(
  system: SystemUnderTest,
  unit: Unit,
  invariants: readonly Invariant[],
  engine: EngineChoice = REDUCED,
): { readonly result: UnitResult; readonly seen: readonly string[] } {
  return lookedAt(explore(system, unit, engine), rulesNameOf(system), unit, invariants);
}

/** What was explored of a unit, judged by the rules of an era. */
export function lookedAt(
  { isComplete, reason, events, counts, observables }: Explored,
  era: RulesName,
  unit: Unit,
  invariants: readonly Invariant[],
): { readonly result: UnitResult; readonly seen: readonly string[] } {
  const violations = violationsOf(invariants, era, events, unit.scenario.id);
  const result = { ...unitName(unit), isComplete, reason, violations, counts };
  return { result, seen: [...observables, ...events.map(eventText)] };
}

/** An event among what is seen of a unit. */
export function eventText({ kind, detail }: RunEvent): string {
  return `event ${kind} ${detail}`;
}

/** What the events of a run of a scenario break, sorted and each once. */
export function violationsOf(
  invariants: readonly Invariant[],
  era: RulesName,
  events: readonly RunEvent[],
  scenario: string,
): Violation[] {
  const found = new Map<string, Violation>();
  for (const event of events) {
    for (const broken of breaksOf(invariants, era, [event], scenario)) {
      const violation = { ...broken, kind: kindOf(event, broken.invariant) };
      found.set(violationText(violation), violation);
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, violation]) => violation);
}

/** A crash that another invariant than the crash's own is about says more than "it failed". */
function kindOf({ kind }: RunEvent, invariant: string): Violation['kind'] {
  if (kind === 'deadlock') return 'stuck';
  if (kind !== 'crash') return 'rule';
  if (invariant === 'progress') return 'stuck';
  return invariant === 'crash' ? 'crash' : 'rule';
}

/** How a violation is written, such as `stale-after-update: at rest, SPTE`. */
export function violationText({ invariant, detail }: Pick<Violation, 'invariant' | 'detail'>) {
  return detail === '' ? invariant : `${invariant}: ${detail}`;
}

/** The result of a unit that found nothing, but for what `how` says. */
export function emptyResult(name: UnitName, how: Partial<UnitResult>): UnitResult {
  const { scenario, mmio, memoryModel } = name;
  const found = { isComplete: true, reason: '', violations: [], counts: NO_COUNTS };
  return { scenario, mmio, memoryModel, ...found, ...how };
}

/** The result of a mutant in a unit that never enters the code it edits. */
export function notReached(baseline: UnitResult): UnitResult {
  return { ...baseline, counts: NO_COUNTS, skipped: 'not-reached' };
}
