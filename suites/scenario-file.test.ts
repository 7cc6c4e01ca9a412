// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { LARGER } from './larger.ts';
import { loadScenarios } from './registry.ts';
import { createSlot, type InterleavingScenario } from './scenario.ts';
import { scenarioFile } from './scenario-file.ts';

const known = [...(await loadScenarios()), ...LARGER].filter(
  (scenario): scenario is InterleavingScenario => scenario.kind === 'interleaving',
);

/** What the file exports, were it saved in a folder of suites/. */
async function exported(text: string): Promise<unknown> {
  const helpers = import.meta.resolve('./scenario.ts');
  const code = text.replace("'../scenario.ts'", `'${helpers}'`);
  const module = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return (module as { scenarios: unknown }).scenarios;
}

test.each(known)('$id is written as a file that makes it again', async (scenario) => {
  const { vcpus, updates, exits } = scenario;
  const id = `survivors/again.${vcpus}v${updates.length}u${exits.length}f`;
  const text = scenarioFile(scenario, 'survivors/again', ['Is this right?']);
  expect(await exported(text)).toEqual([{ ...scenario, id }]);
});

test('a file reads as if a person had written it', () => {
  const [first] = known.filter(({ id }) => id === 'mmio-cache/a-created-slot-is-seen.1v1u2f');
  expect(scenarioFile(first!, 'survivors/again', ['What is this', 'about?'])).toBe(
    [
      '// SPDX-License-Identifier: GPL-2.0-only',
      '// What is this',
      '// about?',
      '',
      "import { atSizes, createSlot, X } from '../scenario.ts';",
      '',
      'export const scenarios = atSizes(',
      '  {',
      "    id: 'survivors/again',",
      '    updates: [createSlot(0, X)],',
      '  },',
      '  [{ vcpus: 1, exits: [X, X], budgetStates: 10000 }],',
      ');',
      '',
    ].join('\n'),
  );
});

test('an update that no helper makes is written out', async () => {
  const [first] = known as [InterleavingScenario];
  const update = { ...createSlot(0, 0x40n, 3n), text: 'something else' };
  const scenario = { ...first, updates: [update] };
  const text = scenarioFile(scenario, 'survivors/again', []);
  expect(text).toContain("{ text: 'something else', region: { slot: 0,");
  expect(await exported(text)).toMatchObject([{ updates: [update] }]);
});
