// SPDX-License-Identifier: GPL-2.0-only
// Are the calls of a port summarised in whatever form it is loaded? If they were not, everything
// would be as well, and dearer; and a mutant that is asked would never answer as its port does.

import { expect, test } from 'vitest';
import { probedPort } from './coverage.ts';
import { patchedPort } from './patched.ts';
import { INVARIANTS, SCENARIOS } from './suites.ts';
import { runUnit, type Unit } from './unit.ts';
import { loadSystem } from './variants.ts';

const scenario = SCENARIOS.find(({ id }) => id === 'mmio-cache/a-second-slot-is-seen.1v2u2f')!;
const unit: Unit = { scenario, mmio: 'ept', memoryModel: 'sc', budgetStates: null };

test.each(['v3.17', 'v6.12'] as const)('%s has the same nodes in every form', async (era) => {
  const nodesIn = async (system: Parameters<typeof runUnit>[0]) =>
    runUnit(system, unit, INVARIANTS).counts.nodes;
  const loaded = await nodesIn(await loadSystem(era, null));
  // What Node loads by itself has no question at the head of any function.
  const { system: bare } = await import(`../../reference/systems/${era}.ts`);
  expect(loaded).toBeLessThan(await nodesIn(bare));
  for (const isProbed of [false, true])
    expect(await nodesIn((await patchedPort(era, isProbed)).system)).toBe(loaded);
  const { result } = (await probedPort(era)).measure((system) => runUnit(system, unit, INVARIANTS));
  expect(result.counts.nodes).toBe(loaded);
});
