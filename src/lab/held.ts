// SPDX-License-Identifier: GPL-2.0-only
// Which kernel holds which rule? Every scenario is explored on the ports as they stand, and for
// each rule that an era breaks the shortest schedule in the smallest unit is told.

import type { EraName } from '#vocabulary';
import { storyOf } from './story.ts';
import type { Invariant } from './suites.ts';
import { type Loaded, tellViolations } from './tell.ts';
import { runUnit, type Unit, type UnitName, unitName, unitText, type Violation } from './unit.ts';

/** What an era does to an invariant. */
export interface Held {
  readonly era: EraName;
  readonly invariant: string;
  /**
   * `unknown`: a budget ran out, and nothing was seen so far. `not about it`: the era has nothing
   * that the rule is about.
   */
  readonly state: 'holds' | 'breaks' | 'unknown' | 'not about it';
  /** In how many units it was seen to break. */
  readonly units: number;
  readonly counterexample: Counterexample | null;
}

export interface Counterexample extends UnitName {
  /** The ways in which the unit breaks it. */
  readonly details: readonly string[];
  /** Null for a sequence, which has no schedule. */
  readonly schedule: string | null;
}

/**
 * Runs all units of an era, one after the other. `isOver` is asked before each; what is not run
 * then is unknown. Throws an Error on an event that no invariant is about.
 */
export async function heldBy(
  loaded: Loaded,
  units: readonly Unit[],
  invariants: readonly Invariant[],
  onUnit: (name: UnitName) => void,
  isOver: () => boolean = () => false,
): Promise<Held[]> {
  const found: (UnitName & Violation)[] = [];
  let isComplete = units.length > 0;
  for (const unit of units) {
    if (isOver()) {
      isComplete = false;
      break;
    }
    onUnit(unitName(unit));
    const { violations, ...result } = runUnit(loaded.system, unit, invariants);
    isComplete &&= result.isComplete;
    found.push(...violations.map((violation) => ({ ...unitName(unit), ...violation })));
    // A signal is seen between two turns of the event loop only.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return invariants.map((invariant): Held => {
    const { era } = loaded;
    const own = found.filter((violation) => violation.invariant === invariant.name);
    const common = { era, invariant: invariant.name, units: new Set(own.map(unitText)).size };
    if (own.length > 0)
      return { ...common, state: 'breaks', counterexample: tell(loaded, units, own, invariants) };
    const concerns = invariant.eras?.includes(era) ?? true;
    const state = !concerns ? 'not about it' : isComplete ? 'holds' : 'unknown';
    return { ...common, state, counterexample: null };
  });
}

function tell(
  loaded: Loaded,
  units: readonly Unit[],
  own: readonly (UnitName & Violation)[],
  invariants: readonly Invariant[],
): Counterexample {
  const story = storyOf(own, [], units)!;
  const same = own.filter((violation) => unitText(violation) === unitText(story));
  const unit = units.find((candidate) => unitText(unitName(candidate)) === unitText(story))!;
  const told = tellViolations(loaded, unit, same, invariants);
  const { scenario, mmio, memoryModel } = story;
  const details = same.map(({ detail }) => detail);
  return { scenario, mmio, memoryModel, details, schedule: told?.schedule ?? null };
}
