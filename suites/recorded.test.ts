// SPDX-License-Identifier: GPL-2.0-only
// Does writing down what a VM answers change what it answers? Every sequence is run with and
// without it, on the port and on one that answers otherwise.

import { expect, test } from 'vitest';
import { allMutants } from '#lab/registry';
import { loadSystem } from '#lab/variants';
import { loadScenarios } from './registry.ts';
import { concerns } from './run.ts';
import type { SequentialScenario } from './scenario.ts';
import { runSequential } from './sequential.ts';

const ERA = 'v3.17';
const sequences = (await loadScenarios()).filter(
  (scenario): scenario is SequentialScenario =>
    scenario.kind === 'sequential' && concerns(scenario, ERA),
);
const port = await loadSystem(ERA, null);
const mutant = (await allMutants([ERA])).find(({ id }) => id.endsWith('/skip-flush.1'))!;
const mutated = await loadSystem(ERA, mutant);

test.each(sequences)('$id sees the same', (scenario) => {
  for (const system of [port, mutated]) {
    for (const mmio of scenario.host.mmio) {
      const trace: string[] = [];
      const plain = runSequential(system, scenario, mmio);
      expect(runSequential(system, scenario, mmio, trace)).toEqual(plain);
    }
  }
});

test('values beside functions stay values', async () => {
  const scenario = sequences.find(({ id }) => id === 'spte/fields-are-disjoint')!;
  const modern = await loadSystem('v6.12', null);
  const plain = runSequential(modern, scenario, 'ept');
  expect(runSequential(modern, scenario, 'ept', [])).toEqual(plain);
});

test('calls are told with what was asked and what was answered', () => {
  const trace: string[] = [];
  const scenario = sequences.find(({ id }) => id === 'mmio-cache/a-second-access-hits')!;
  runSequential(port, scenario, 'ept', trace);
  expect(trace.slice(0, 3)).toEqual([
    'access(vCPU, 0x30000) -> { kind mmio-lookup, pfn 0x0 }',
    'access(vCPU, 0x30000) -> { kind mmio-vcpu, pfn 0x0 }',
    'access(vCPU, 0x30000) -> { kind mmio-spte, pfn 0x0 }',
  ]);
});
