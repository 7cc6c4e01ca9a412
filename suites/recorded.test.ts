// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { system } from '../reference/systems/v3.17.ts';
import { loadScenarios } from './registry.ts';
import { concerns } from './run.ts';
import { runSequential } from './sequential.ts';

const scenarios = (await loadScenarios()).filter((one) => concerns(one, 'v3.17'));

test('a VM whose answers are written down answers like one whose answers are not', () => {
  let answers = 0;
  for (const scenario of scenarios) {
    if (scenario.kind !== 'sequential') continue;
    for (const mmio of scenario.host.mmio) {
      const trace: string[] = [];
      const recorded = runSequential(system, scenario, mmio, trace);
      expect([scenario.id, recorded]).toEqual([scenario.id, runSequential(system, scenario, mmio)]);
      answers += trace.length;
    }
  }
  expect(answers).toBeGreaterThan(1000);
});
