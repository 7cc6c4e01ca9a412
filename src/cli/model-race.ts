// SPDX-License-Identifier: GPL-2.0-only
// What does the seed's bug look like in the port of the newest era? The table to put beside the
// trace of a kernel that has it.

import { INVARIANTS } from '#lab/suites';
import { tellViolations, toldOf } from '#lab/tell';
import { runUnit } from '#lab/unit';
import { unitsOf } from '#lab/units';
import { SEED } from '../conformance/mutated/level-b.ts';
import { tableOf } from '../report/story-table.ts';
import { scenarioNamed } from './options.ts';
import { loadMutant } from './subjects.ts';

const SCENARIO = 'mmio-cache/a-created-slot-is-seen.1v1u1f';
const INVARIANT = 'stale-after-update';

/** The table of its shortest schedule, with the mask of shadow paging; empty if there is none. */
export async function modelTable(): Promise<string> {
  const loaded = await loadMutant(SEED);
  const scenarios = [scenarioNamed(SCENARIO)];
  const units = unitsOf(loaded.era, { scenarios, memoryModel: 'sc', budgetStates: null });
  const unit = units.find(({ mmio }) => mmio === 'shadow')!;
  const { violations } = runUnit(loaded.system, unit, INVARIANTS);
  const told = tellViolations(loaded, unit, toldOf(violations, INVARIANT), INVARIANTS);
  return told === null ? '' : tableOf(loaded, unit, told, [], false).trimEnd();
}
