// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import type { Verdict } from '#lab/verdict';
import { killAnalysis } from './kill-analysis.ts';

function killed(id: string, ...kills: readonly [scenario: string, invariant: string][]): Verdict {
  return {
    id,
    kind: 'operator',
    verdict: 'killed',
    reason: '',
    kills: kills.map(([scenario, invariant]) => ({
      ...{ scenario, invariant, mmio: 'ept', memoryModel: 'sc' },
      ...{ detail: '', kind: 'rule', isKnown: false },
    })),
  } as Verdict;
}

test('a complete matrix tells its dominators, its least suite, and who is needed', () => {
  const verdicts = [
    killed('easy', ['a', 'stale'], ['b', 'stale']),
    killed('hard', ['b', 'stale']),
    killed('other', ['c', 'sorted']),
  ];
  expect(killAnalysis(verdicts, ['a', 'b', 'c', 'd'])).toEqual([
    '3 mutants noticed in 3 different ways; whoever notices 2 of them notices all',
    '2 scenarios would notice all (no fewer do):',
    '  b, c',
    '1 scenario noticed none of these mutants:',
    '  d',
    '2 invariants alone noticed some mutant:',
    '  sorted (1), stale (2)',
  ]);
});

test('a run in which nothing was noticed has nothing to analyse', () => {
  expect(killAnalysis([], ['a'])).toEqual(['No mutant was noticed: there is nothing to analyse.']);
});
