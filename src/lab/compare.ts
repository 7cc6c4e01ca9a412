// SPDX-License-Identifier: GPL-2.0-only
// Can anybody outside tell a mutant from the port? In each unit both are run, and all that can be
// told of any of their schedules is compared as sets of texts: what accesses did, what calls
// returned, what a quiet VM answers in the end, and what was reported on the way.

import type { Mutant } from '#mutation/mutant';
import type { EraName, RulesName, SystemUnderTest } from '#vocabulary';
import { type Coverage, probedPort, reachOf } from './coverage.ts';
import { portOf } from './ports.ts';
import type { Seen } from './sight.ts';
import { INVARIANTS, LARGER_SCENARIOS } from './suites.ts';
import { lookAt, type Unit, unitName, unitText } from './unit.ts';
import { unitsOf } from './units.ts';

/** A unit with what was seen there of the port and of the mutant. */
export interface Comparison {
  readonly unit: Unit;
  readonly port: Seen;
  readonly mutant: Seen;
}

/** Runs a system in a unit and keeps what can be told of it. */
export function see(system: SystemUnderTest, unit: Unit): Seen {
  const { result, seen } = lookAt(system, { ...unit, isObserved: true }, INVARIANTS);
  return { result, texts: seen };
}

/** Both were looked at to the end. */
export function isDecided({ port, mutant }: Comparison): boolean {
  return port.result.isComplete && mutant.result.isComplete;
}

export function isEqual({ port, mutant }: Comparison): boolean {
  const [a, b] = [port.texts, mutant.texts];
  return a.length === b.length && a.every((text, i) => text === b[i]);
}

/** What has been seen of ports; the same in every worker, and for every mutant. */
const seenOfPorts = new Map<string, Seen>();

/** What the port shows in a unit; `port` is the system of the era as it stands. */
export function seenOfPort(port: SystemUnderTest, unit: Unit): Seen {
  const key = seenKey(port.era, unit);
  let seen = seenOfPorts.get(key);
  if (seen === undefined) {
    seen = see(port, unit);
    seenOfPorts.set(key, seen);
  }
  return seen;
}

function seenKey(era: RulesName, unit: Unit): string {
  return `${era} ${unitText(unitName(unit))} ${unit.budgetStates}`;
}

/** Keeps what is known that the port of an era shows in a unit. */
export function rememberPort(era: EraName, unit: Unit, seen: Seen): void {
  seenOfPorts.set(seenKey(era, unit), seen);
}

interface LargerUnit {
  readonly unit: Unit;
  readonly coverage: Coverage;
}

const measured = new Map<EraName, Promise<readonly LargerUnit[]>>();

/** The larger units that can tell a mutant from the port. */
export async function largerUnitsOf(mutant: Mutant): Promise<readonly Unit[]> {
  const { era } = mutant;
  let known = measured.get(era);
  if (known === undefined) {
    known = measureLarger(era);
    measured.set(era, known);
  }
  const isReached = reachOf(portOf(era), mutant);
  return (await known).filter(({ coverage }) => isReached(coverage)).map(({ unit }) => unit);
}

/** All larger units of an era. */
export function largerUnits(era: EraName): Unit[] {
  return unitsOf(era, { scenarios: LARGER_SCENARIOS, memoryModel: null, budgetStates: null });
}

async function measureLarger(era: EraName): Promise<LargerUnit[]> {
  const units: LargerUnit[] = [];
  const port = await probedPort(era);
  for (const unit of largerUnits(era)) {
    const { result, coverage } = port.measure((system) => see(system, unit));
    rememberPort(era, unit, result);
    units.push({ unit, coverage });
  }
  return units;
}
