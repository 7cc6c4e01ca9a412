// SPDX-License-Identifier: GPL-2.0-only
// Are shards, put together, what one run would have found? For made-up runs of any length, cut
// anyhow and given in any order.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { controlProblems } from '#lab/controls';
import { NO_COUNTS } from '#lab/explored';
import type { BaselineRun, MutantRun, RunChoice, RunResult } from '#lab/run';
import { shardOf } from '#lab/shard';
import { SCENARIOS } from '#lab/suites';
import { emptyResult, notReached, type UnitResult } from '#lab/unit';
import type { EraName } from '#vocabulary';
import { mergedShards, shardText } from './shard-document.ts';
import { verdictsDocument } from './verdicts-document.ts';

const CHOICE: RunChoice = {
  eras: ['v3.16', 'v3.17'],
  scenarios: SCENARIOS.slice(0, 3),
  invariants: [],
  memoryModel: null,
  budgetStates: null,
  isWhole: true,
  isComplete: false,
  families: [],
  functions: [],
  withSyntactic: false,
  withPairs: false,
  shard: null,
};

const UNITS: readonly UnitResult[] = ['a', 'b', 'c', 'd'].map((scenario, i) =>
  emptyResult(
    { scenario, mmio: 'ept', memoryModel: 'sc' },
    { counts: { ...NO_COUNTS, states: i, transitions: 2, nodes: 3 } },
  ),
);
const BASELINES: readonly BaselineRun[] = CHOICE.eras.map((era) => ({
  era,
  units: UNITS,
  coverage: UNITS.map((_, i) => ({ entered: Uint8Array.of(1, 0, i % 2), entries: 9 * i })),
}));

const STALE = {
  invariant: 'stale-after-update',
  detail: 'SPTE',
  kind: 'rule',
  isKnown: false,
} as const;

interface MadeUp {
  readonly kind: 'operator' | 'regression' | 'control';
  readonly era: EraName;
  /** What happened in each unit. */
  readonly how: readonly ('run' | 'killed' | 'not-reached' | 'spared')[];
  readonly text: string;
}

const madeUp: fc.Arbitrary<MadeUp> = fc.record({
  kind: fc.constantFrom('operator', 'regression', 'control'),
  era: fc.constantFrom(...CHOICE.eras),
  how: fc.array(fc.constantFrom('run', 'killed', 'not-reached', 'spared'), {
    minLength: 4,
    maxLength: 4,
  }),
  text: fc.string(),
});

function runsOf(made: readonly MadeUp[]): MutantRun[] {
  return made.map(({ kind, era, how, text }, i) => {
    const units = UNITS.flatMap((before, at) => {
      if (how[at] === 'spared') return [];
      if (how[at] === 'not-reached') return [notReached(before)];
      return [how[at] === 'killed' ? { ...before, violations: [STALE] } : before];
    });
    const kills = how.includes('killed') ? [{ ...UNITS[0]!, ...STALE }] : [];
    const verdict = kills.length > 0 ? 'killed' : 'survived';
    const id = `${era}/function/made-up.${i}`;
    return {
      mutant: { id, era, kind, name: 'made-up', edits: [], diff: text, sameAs: null },
      units,
      spared: how.filter((one) => one === 'spared').length,
      verdict: { id, kind, verdict, kills, reason: text },
      story: kills.length > 0 ? { kill: kills[0]!, schedule: null, text } : null,
      witness: kills.length > 0 ? null : { ...UNITS[0]!, whose: 'port', outcome: text, text },
    } as unknown as MutantRun;
  });
}

function resultOf(mutants: readonly MutantRun[]): RunResult {
  return {
    sources: 'hash',
    regressions: [],
    refused: [],
    baselines: BASELINES,
    mutants,
    pairs: [],
    pairing: null,
    problems: controlProblems(mutants, true),
    isInterrupted: false,
  };
}

interface File {
  readonly name: string;
  readonly text: string;
}

function cut(mutants: readonly MutantRun[], of: number, choice = CHOICE): File[] {
  return Array.from({ length: of }, (_, i) => {
    const shard = { index: i + 1, of };
    const text = shardText({ ...choice, shard }, resultOf(shardOf(mutants, shard)));
    return { name: `shard-${i + 1}`, text };
  });
}

test('any sharding, in any order, merges to the run of the whole', () => {
  const runs = fc.array(madeUp, { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(runs, fc.nat(), fc.infiniteStream(fc.nat()), (made, seed, order) => {
      const mutants = runsOf(made);
      const files = cut(mutants, 1 + (seed % mutants.length))
        .map((file) => ({ file, at: order.next().value }))
        .sort((a, b) => a.at - b.at)
        .map(({ file }) => file);
      const { choice, result } = mergedShards(files);
      expect(choice).toEqual(CHOICE);
      expect(result).toEqual(resultOf(mutants));
      const text = (of: RunResult) => JSON.stringify(verdictsDocument(of, CHOICE));
      expect(text(result)).toBe(text(resultOf(mutants)));
    }),
  );
});

describe('what is refused with one sentence', () => {
  const mutants = runsOf(
    Array.from(
      { length: 6 },
      (): MadeUp => ({
        kind: 'operator',
        era: 'v3.17',
        how: ['run', 'killed', 'not-reached', 'spared'],
        text: '',
      }),
    ),
  );
  const files = cut(mutants, 3);
  const [first, second, third] = files as [File, File, File];
  const foreign = cut(mutants, 3, { ...CHOICE, isComplete: true })[1]!;
  const secondWith = (changes: Partial<RunResult>) =>
    shardText(
      { ...CHOICE, shard: { index: 2, of: 3 } },
      { ...resultOf(shardOf(mutants, { index: 2, of: 3 })), ...changes },
    );
  const ended = shardText(
    { ...CHOICE, shard: { index: 2, of: 3 } },
    { ...resultOf(mutants.slice(0, 1)), isInterrupted: true },
  );
  const other = (text: string): File[] => [first, { name: 'shard-2', text }, third];
  const cases: [what: string, files: File[], sentence: string | RegExp][] = [
    ['no shard', [], 'there is no shard to merge'],
    ['a shard that is missing', [first, third], 'missing: shard 2/3'],
    ['two that are missing', [second], 'missing: shards 1/3, 3/3'],
    [
      'a shard that is there twice',
      [first, second, third, second],
      /shard-2 and shard-2 are the same/,
    ],
    ['a shard of another number', [first, ...cut(mutants, 2)], 'are not shards of one run'],
    [
      'a shard of other options',
      [first, foreign, third],
      'shard-2 and shard-1 are not shards of one',
    ],
    ['an interrupted shard', other(ended), 'shard-2 is not whole'],
    ['half a file', other(second.text.slice(0, -20)), 'shard-2 is no shard: it is not JSON'],
    ['another document', other('{"schema":{"name":"kvm-mutants/list","version":1}}'), 'its schema'],
    [
      'a document without parts',
      other('{"schema":{"name":"kvm-mutants/shard","version":1}}'),
      'parts',
    ],
    ['null', other('null'), 'its schema is not kvm-mutants/shard 1'],
    ['other sources', other(secondWith({ sources: 'other' })), 'are not shards of one run'],
    [
      'another baseline',
      other(secondWith({ baselines: BASELINES.slice(1) })),
      'are not shards of one run',
    ],
  ];
  test.each(cases)('%s', (_, given, sentence) => {
    expect(() => mergedShards(given)).toThrow(sentence);
    expect(() => mergedShards(given)).toThrow(expect.objectContaining({ exitCode: 3 }));
  });
});

test.each([
  [
    'a verdict that somebody changed',
    ['"verdict":"survived"', '"verdict":"killed"'],
    'shard-1 was changed after it had been written',
  ],
  ['more shards than there may be', ['"of":1', '"of":1000000000'], 'parts of it are missing'],
  ['a shard before the first', ['"index":1', '"index":0'], 'parts of it are missing'],
  ['bits without bytes', ['"$bits":[3', '"$bits":[4000000000'], 'it is not JSON'],
] as const)('%s is refused before it is believed', (_, [from, to], sentence) => {
  const made: MadeUp = {
    kind: 'operator',
    era: 'v3.17',
    how: ['run', 'run', 'run', 'run'],
    text: '',
  };
  const [{ name, text }] = cut(runsOf([made]), 1) as [File];
  expect(text).toContain(from);
  expect(() => mergedShards([{ name, text }])).not.toThrow();
  expect(() => mergedShards([{ name, text: text.replaceAll(from, to) }])).toThrow(sentence);
});

test('a run that is void is void when its shards are merged', () => {
  const problems = [{ text: 'a canary lives', isUnknown: false }];
  const files = [1, 2].map((index) => ({
    name: `shard-${index}`,
    text: shardText({ ...CHOICE, shard: { index, of: 2 } }, { ...resultOf([]), problems }),
  }));
  expect(mergedShards(files).result).toEqual({ ...resultOf([]), problems });
});
