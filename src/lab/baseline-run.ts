// SPDX-License-Identifier: GPL-2.0-only
// What was found of the ports as they stand? The results of their units, put together by era.

import type { EraName } from '#vocabulary';
import type { Coverage } from './coverage.ts';
import type { TaskResult } from './task.ts';
import type { Unit, UnitResult } from './unit.ts';

export interface EraUnits {
  readonly era: EraName;
  readonly units: readonly Unit[];
}

export interface BaselineRun {
  readonly era: EraName;
  readonly units: readonly UnitResult[];
  /** What each unit enters of the port. */
  readonly coverage: readonly Coverage[];
}

/** The results of all units of all eras, by era. */
export function baselinesOf(
  eras: readonly EraUnits[],
  results: readonly TaskResult[],
): BaselineRun[] {
  const left = [...results];
  return eras.map(({ era, units }) => {
    const own = left.splice(0, units.length);
    return {
      era,
      units: own.flatMap((result) => result.units),
      coverage: own.flatMap(({ coverage }) => coverage),
    };
  });
}
