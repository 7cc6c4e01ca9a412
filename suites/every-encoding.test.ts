// SPDX-License-Identifier: GPL-2.0-only
// Is it all of them? A scenario that looks at every generation an SPTE can hold says how many it
// has looked at.

import { expect, test } from 'vitest';
import { SCENARIOS } from '#lab/suites';
import { runUnit } from '#lab/unit';
import { unitsOf } from '#lab/units';
import { loadSystem } from '#lab/variants';
import { loadInvariants } from './registry.ts';

const ID = 'spte/every-generation-comes-back';

/** 19 bits; 19 bits and one more that is never stored; 18 bits. */
test.each([
  ['v3.16', 524_288],
  ['v3.17', 524_288],
  ['v3.19', 524_288],
  ['v5.11', 262_144],
  ['v6.12', 524_288],
] as const)('%s has %i encodings, and each is read back as it was', async (era, encodings) => {
  const [system, invariants] = [await loadSystem(era, null), await loadInvariants()];
  const scenarios = SCENARIOS.filter(({ id }) => id === ID);
  const units = unitsOf(era, { scenarios, memoryModel: null, budgetStates: null });
  expect(units.map(({ mmio }) => mmio)).toEqual(['ept', 'shadow']);
  for (const unit of units) {
    const { counts, violations } = runUnit(system, unit, invariants);
    expect([counts.checks, violations]).toEqual([encodings, []]);
  }
});
