// SPDX-License-Identifier: GPL-2.0-only
// Does the summary of a run say what the run said, and is the one that is kept about what exists?

import { expect, test } from 'vitest';
import { eraNames } from '#lab/ports';
import { allMutants } from '#lab/registry';
import { SCENARIOS } from '#lab/suites';
import { PROTOCOL_FAMILIES } from '#mutation/mutant';
import { knowledge } from '../cli/review-knowledge.ts';
import { evidenceOf } from './evidence.ts';

const verdict = (id: string, word: string, ...kills: readonly string[]) => ({
  id: `v3.17/${id}`,
  era: 'v3.17',
  kind: 'operator',
  verdict: word,
  kills: kills.map((kill) => {
    const [invariant = '', scenario = ''] = kill.split(' ');
    return { invariant, scenario };
  }),
});

test('mutants count for the function that they edit, and for each invariant once', () => {
  const verdicts = [
    verdict('f/drop.1', 'killed', 'one a', 'one b', 'two b'),
    verdict('f/drop.2', 'killed', 'one b'),
    verdict('f/drop.3', 'survived'),
    verdict('f/drop.4', 'equivalent'),
    { ...verdict('history/x', 'killed', 'one a'), kind: 'regression' },
  ];
  expect(evidenceOf({ sources: 'hash', verdicts }).eras).toEqual({
    'v3.17': {
      f: {
        mutants: 3,
        equivalent: 1,
        detected: 2,
        survivors: ['f/drop.3'],
        invariants: {
          one: { mutants: 2, scenario: 'a' },
          two: { mutants: 1, scenario: 'b' },
        },
      },
    },
  });
});

test('the summary that is kept is about eras, invariants and scenarios that exist', async () => {
  const { evidence, eras, invariants } = await knowledge();
  expect(evidence).not.toBeNull();
  const functions = Object.entries(evidence!.eras).flatMap(([era, all]) => {
    expect(eras).toContain(era);
    return Object.values(all);
  });
  expect(functions.length).toBeGreaterThan(10);
  const kills = functions.flatMap((one) => Object.entries(one.invariants));
  const isKnown = ([name, { scenario }]: (typeof kills)[number]) =>
    invariants.some((one) => one.name === name) && SCENARIOS.some(({ id }) => id === scenario);
  // A few may be of names that have gone since: they are not shown.
  expect(kills.filter(isKnown).length).toBeGreaterThan(0.9 * kills.length);
});

test('the summary that is kept is about most mutants that there are', async () => {
  const { evidence } = await knowledge();
  for (const era of eraNames()) {
    const made = (await allMutants([era])).filter(
      ({ kind, family }) =>
        kind === 'operator' && family !== null && PROTOCOL_FAMILIES.includes(family),
    );
    const all = Object.values(evidence!.eras[era] ?? {});
    const judged = all.reduce((sum, { mutants, equivalent }) => sum + mutants + equivalent, 0);
    expect({ era, judged }).toEqual({
      era,
      judged: expect.toSatisfy((n) => n > 0.8 * made.length),
    });
    const ids = new Set(made.map(({ id }) => id));
    const survivors = all.flatMap((one) => one.survivors.map((id) => `${era}/${id}`));
    expect(survivors.filter((id) => !ids.has(id))).toEqual([]);
  }
});
