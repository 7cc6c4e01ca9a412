// SPDX-License-Identifier: GPL-2.0-only
// Has every upstream bug that needs an interleaving a table that comes again? Each is looked for in
// the smallest scenario that shows it; its shortest schedule is written down, read back, and
// replayed twice.

import { expect, test } from 'vitest';
import { replay } from '#explorer/replay';
import { parseSchedule } from '#explorer/schedule';
import { freshProgram } from '#lab/fresh-program';
import { allMutants, loadMakers } from '#lab/registry';
import { claimOf, INVARIANTS, type InterleavingScenario, SCENARIOS, sizeOf } from '#lab/suites';
import { tellViolations } from '#lab/tell';
import { runUnit, type Unit } from '#lab/unit';
import { unitsOf } from '#lab/units';
import { loadSystem } from '#lab/variants';
import type { Mutant } from '#mutation/mutant';
import { interleavingTable } from '../src/report/interleaving-table.ts';

/** Where bugs are looked for that no scenario was written for. */
const SEED = 'mmio-cache/a-created-slot-is-seen';

const { regressions } = await loadMakers();
const raced = (await allMutants()).flatMap((mutant) => {
  const regression = regressions.find(({ name }) => name === mutant.name);
  if (mutant.kind !== 'regression' || regression?.shownBy !== 'interleaving') return [];
  return [{ id: mutant.id, mutant, regression }];
});

/** The units of these claims that have threads, small ones first. */
function unitsFor({ era }: Mutant, claims: readonly string[]): Unit[] {
  const threads = ({ vcpus, updates, exits }: InterleavingScenario) =>
    vcpus * exits.length + updates.length;
  const scenarios = SCENARIOS.filter(
    (one): one is InterleavingScenario =>
      one.kind === 'interleaving' && claims.includes(claimOf(one.id)),
  ).sort((a, b) => threads(a) - threads(b));
  return unitsOf(era, { scenarios, memoryModel: 'sc', budgetStates: null });
}

test('there are such bugs in every era that has an update under way to be seen', () => {
  const eras = new Set(raced.map(({ mutant }) => mutant.era));
  expect([...eras].sort()).toEqual(['v3.17', 'v3.19', 'v5.11', 'v6.12']);
});

test.each(raced)('$id', async ({ mutant, regression }) => {
  const { ownScenarios, breaks } = regression;
  const system = await loadSystem(mutant.era, mutant);
  for (const unit of unitsFor(mutant, ownScenarios.length > 0 ? ownScenarios : [SEED])) {
    const { violations } = runUnit(system, unit, INVARIANTS);
    const own = violations.filter(({ invariant, isKnown }) => invariant === breaks[0] && !isKnown);
    if (own.length === 0) continue;
    const told = tellViolations({ era: mutant.era, mutant, system }, unit, own, INVARIANTS)!;
    const tables = [1, 2].map(() => {
      const { turns, memoryModel } = parseSchedule(told.schedule);
      const scenario = unit.scenario as InterleavingScenario;
      const replayed = replay(freshProgram(system, scenario, unit), turns, memoryModel);
      expect(replayed.events.some(told.breaks)).toBe(true);
      return interleavingTable(replayed, {
        subject: mutant.id,
        description: null,
        scenario: scenario.id,
        size: sizeOf(scenario),
        invariant: told.invariant,
        breaks: told.breaks,
        schedule: told.schedule,
        isVerbose: false,
      });
    });
    expect(tables[0]).toBe(tables[1]);
    expect(tables[0]).toContain('\n  => ');
    return;
  }
  expect.unreachable('no unit shows it');
});
