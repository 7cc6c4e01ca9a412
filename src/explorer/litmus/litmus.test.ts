// SPDX-License-Identifier: GPL-2.0-only
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bruteForce } from '../brute-force.ts';
import { optimalDpor } from '../dpor.ts';
import { rawSearch } from '../raw-search.ts';
import { search } from '../search.ts';
import { type Litmus, outcomesOf, programOf } from './litmus.ts';

async function casesIn(folder: 'correct' | 'wrong'): Promise<[string, Litmus][]> {
  const url = new URL(`./${folder}/`, import.meta.url);
  const names = readdirSync(url).sort();
  return Promise.all(
    names.map(async (name): Promise<[string, Litmus]> => {
      const { litmus } = (await import(new URL(name, url).href)) as { litmus: Litmus };
      return [name.replace('.ts', ''), litmus];
    }),
  );
}

const correct = await casesIn('correct');
const wrong = await casesIn('wrong');
const models = ['sc', 'pso-release'] as const;
const wantEnds = true;

for (const [name, litmus] of [...correct, ...wrong]) {
  test(`${name} has exactly its outcomes, whichever engine explores it`, () => {
    for (const memoryModel of models) {
      const raw = rawSearch(programOf(litmus), { memoryModel, budgetStates: 1e5, wantEnds });
      const brute = bruteForce(programOf(litmus), {
        memoryModel,
        budgetInterleavings: 1e6,
        wantEnds,
      });
      expect([raw.isComplete, brute.isComplete]).toEqual([true, true]);
      expect(outcomesOf(raw)).toEqual(litmus.outcomes[memoryModel]);
      expect(outcomesOf(brute)).toEqual(litmus.outcomes[memoryModel]);
      const reduced = search(programOf(litmus), { memoryModel, budgetStates: 1e5, wantEnds });
      expect(outcomesOf(reduced)).toEqual(litmus.outcomes[memoryModel]);
    }
    const dpor = optimalDpor(programOf(litmus), {
      budgetExecutions: 1e5,
      budgetSteps: 1e6,
      wantEnds,
    });
    expect(outcomesOf(dpor)).toEqual(litmus.outcomes.sc);
  });
}

const shows = (litmus: Litmus) =>
  models.some((model) => litmus.outcomes[model].includes(litmus.bad));

test('no correct case shows its bad outcome under any memory model', () => {
  expect(correct.filter(([, litmus]) => shows(litmus)).map(([name]) => name)).toEqual([]);
  expect(correct.length).toBeGreaterThanOrEqual(7);
});

test('every wrong case shows its bad outcome, except the two that are out of reach', () => {
  const missed = wrong.filter(([, litmus]) => !shows(litmus));
  expect(missed.map(([name]) => name)).toEqual([
    'load-buffering',
    'message-passing-with-relaxed-loads',
  ]);
  expect(wrong.filter(([, litmus]) => litmus.outOfReach !== undefined)).toEqual(missed);
});
