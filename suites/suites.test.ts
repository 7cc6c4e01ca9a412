// SPDX-License-Identifier: GPL-2.0-only
// Do the ports keep the rules in every scenario, but for what is known of their era? The golden
// file holds what each scenario finds, so a break that is known in one scenario is news in another.

import { describe, expect, test } from 'vitest';
import type { SystemUnderTest } from '#vocabulary';
import { system as v316 } from '../reference/systems/v3.16.ts';
import { system as v317 } from '../reference/systems/v3.17.ts';
import { system as v319 } from '../reference/systems/v3.19.ts';
import { system as v511 } from '../reference/systems/v5.11.ts';
import { system as v612 } from '../reference/systems/v6.12.ts';
import { breaksOf } from './judgement.ts';
import { loadInvariants, loadScenarios } from './registry.ts';
import { concerns, runScenario, type Setting, settingsOf } from './run.ts';

const SYSTEMS: readonly SystemUnderTest[] = [v316, v317, v319, v511, v612];
const invariants = await loadInvariants();
const scenarios = await loadScenarios();
const lines: string[] = [];
const seen = new Set<string>();

/** What to type to see the interleaving of a break, or the checks that failed. */
function tableBy(era: string, id: string, { mmio, memoryModel }: Setting): string {
  const options = `--era ${era} --mask ${mmio} --memory-model ${memoryModel}`;
  return `its table: npm run -s kvm-mutants -- explore ${id} ${options}`;
}

describe.each(SYSTEMS)('$era', (system) => {
  const { era } = system;
  test.each(scenarios.filter((scenario) => concerns(scenario, era)))('$id', (scenario) => {
    for (const setting of settingsOf(scenario)) {
      const { events, isComplete } = runScenario(system, scenario, setting);
      const breaks = breaksOf(invariants, era, events, scenario.id);
      expect.soft(isComplete, 'the budget is large enough').toBe(true);
      const news = breaks.filter(({ isKnown }) => !isKnown);
      expect.soft(news, tableBy(era, scenario.id, setting)).toEqual([]);
      lines.push(`${era} ${scenario.id} ${setting.mmio} ${setting.memoryModel}`);
      for (const { invariant, detail } of breaks) {
        lines.push(`  ${invariant}: ${detail}`);
        seen.add(`${era} ${invariant}: ${detail}`);
      }
    }
  });
});

/** Those of releases between two eras show on trees only: there is no port that could. */
const ported = new Set<string>(SYSTEMS.map(({ era }) => era));
const known = invariants.flatMap(({ name, knownBreaks }) =>
  knownBreaks
    .filter(({ era }) => ported.has(era))
    .flatMap(({ era, details }) => details.map((detail) => `${era} ${name}: ${detail}`)),
);
test.each(known)('a known break is still there: %s', (text) => {
  expect(seen).toContain(text);
});

test('each scenario finds what it found before', async () => {
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/baseline.txt');
});
