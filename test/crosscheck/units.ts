// SPDX-License-Identifier: GPL-2.0-only
// What does a test suite look like that knows nothing of our lab? One vitest test for each unit of
// an era: it fails if something breaks that the port as it stands does not break. Stock Stryker
// runs it on its mutants, for a comparison with ours. The file that KVM_CROSSCHECK names says which
// units there are, and what the port breaks in them.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { EraName, MemoryModel, SystemUnderTest } from '#vocabulary';
import { breaksOf } from '../../suites/judgement.ts';
import { loadInvariants, loadScenarios } from '../../suites/registry.ts';
import { runScenario } from '../../suites/run.ts';

/** A unit, and what the port breaks in it. */
export interface CrosscheckUnit {
  readonly era: EraName;
  readonly scenario: string;
  readonly mmio: 'ept' | 'shadow';
  readonly memoryModel: MemoryModel;
  /** `invariant: detail` */
  readonly breaks: readonly string[];
}

const { KVM_CROSSCHECK: path } = process.env;
if (path === undefined) throw new Error('KVM_CROSSCHECK names no file');
const units = JSON.parse(readFileSync(path, 'utf8')) as CrosscheckUnit[];
const invariants = await loadInvariants();
const scenarios = new Map((await loadScenarios()).map((scenario) => [scenario.id, scenario]));
const systems = new Map<EraName, SystemUnderTest>();
for (const era of new Set(units.map((unit) => unit.era))) {
  const { system } = await import(`../../reference/systems/${era}.ts`);
  systems.set(era, system);
}

test.each(units)('$era $scenario $mmio $memoryModel', (unit) => {
  const { era, mmio, memoryModel, breaks } = unit;
  const scenario = scenarios.get(unit.scenario)!;
  const { events } = runScenario(systems.get(era)!, scenario, { mmio, memoryModel });
  const found = breaksOf(invariants, era, events, scenario.id);
  const texts = found.map(({ invariant, detail }) => `${invariant}: ${detail}`);
  expect(texts.filter((text) => !breaks.includes(text))).toEqual([]);
});
