// SPDX-License-Identifier: GPL-2.0-only
// How are the results of a mutant kept small? Most units do not reach it, and have the result of
// the port: the place of the unit says it all.

import type { Task, TaskResult } from './task.ts';
import { notReached, type UnitResult } from './unit.ts';

/** A unit of the baseline that does not reach the mutant, by its place; or a result in full. */
export type UnitRecord = number | UnitResult;

/** A TaskResult as it is kept. */
export interface TaskRecord extends Omit<TaskResult, 'units'> {
  readonly units: readonly UnitRecord[];
}

export function packed(result: TaskResult, { baseline }: Pick<Task, 'baseline'>): TaskRecord {
  return { ...result, units: packedUnits(result.units, baseline ?? []) };
}

export function unpacked(record: TaskRecord, { baseline }: Pick<Task, 'baseline'>): TaskResult {
  return { ...record, units: unpackedUnits(record.units, baseline ?? []) };
}

/** Both lists in the order of the units; the first may have gaps. */
export function packedUnits(
  units: readonly UnitResult[],
  baseline: readonly UnitResult[],
): UnitRecord[] {
  let next = 0;
  return units.map((unit) => {
    if (unit.skipped === undefined) return unit;
    const text = JSON.stringify(unit);
    const at = baseline.findIndex(
      (before, i) => i >= next && JSON.stringify(notReached(before)) === text,
    );
    if (at < 0) return unit;
    next = at + 1;
    return at;
  });
}

/** Throws if the baseline has no such unit. */
export function unpackedUnits(
  records: readonly UnitRecord[],
  baseline: readonly UnitResult[],
): UnitResult[] {
  return records.map((record) => {
    if (typeof record !== 'number') return record;
    const before = baseline[record];
    if (before === undefined) throw new Error(`the baseline has no unit ${record}`);
    return notReached(before);
  });
}
