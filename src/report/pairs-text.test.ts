// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import type { MutantRun, RunResult } from '#lab/run';
import type { VerdictWord } from '#lab/verdict';
import { CLEAN } from './fixture-run.ts';
import { pairLines } from './pairs-text.ts';
import { summaryText } from './run-summary.ts';
import { jsonText } from './schema.ts';
import { scoreOf } from './score.ts';
import { verdictsDocument } from './verdicts-document.ts';

const { result } = CLEAN;
const CHOICE = { scenarios: [], isComplete: false };
const PLAIN = 'v3.17/install/no-sync.1';

function pair(halves: string, verdict: VerdictWord, reason = ''): MutantRun {
  const known = result.mutants.find(({ mutant }) => mutant.id === PLAIN)!;
  const id = `v3.17/pairs/${halves}`;
  const kills = verdict === 'killed' ? known.verdict.kills : [];
  return {
    ...known,
    mutant: { ...known.mutant, id, kind: 'pair', name: halves, family: null },
    verdict: { id, kind: 'pair', verdict, kills, reason },
    story: null,
  };
}

const WITHIN = 'equivalent within 2 vCPUs, 1 update (3 explorations, hash 01234567)';
const WITNESS = 'in a/b.1v1u1f ept sc the mutant ends as the port never does: vCPU 0 reads 1';
const PAIRS = [
  pair('install/a.1+install/b.1', 'killed'),
  pair('install/a.1+lookup/c.1', 'equivalent', WITHIN),
  pair('install/b.1+lookup/c.1', 'survived', WITNESS),
  pair('install/b.1+lookup/d.1', 'unknown', 'unknown: the budget of 5 states is spent'),
];
const TWINS = [
  { id: 'v3.17/pairs/install/e.1+install/f.1', sameAs: PLAIN },
  { id: 'v3.17/pairs/install/e.1+install/g.1', sameAs: null },
  { id: 'v3.17/pairs/install/e.1+install/h.1', sameAs: PAIRS[1]!.mutant.id },
];
const WITH_PAIRS: RunResult = {
  ...result,
  pairs: PAIRS,
  pairing: { twins: TWINS, overlapping: 9 },
};

test('the section counts pairs, and names each that lived', async () => {
  const text = `${pairLines(WITH_PAIRS).join('\n')}\n`;
  await expect(text).toMatchFileSnapshot('./golden/pairs.txt');
  expect(summaryText(WITH_PAIRS, [])).toContain(text.trimEnd());
});

test('a run without pairs says nothing of them', () => {
  expect(pairLines(result)).toEqual([]);
  expect(Object.keys(verdictsDocument(result, CHOICE))).not.toContain('pairs');
});

test('pairs have a list of their own, and nothing else of the document changes', () => {
  const { pairs, pairing, ...rest } = verdictsDocument(WITH_PAIRS, CHOICE);
  expect(jsonText(rest)).toBe(jsonText(verdictsDocument(result, CHOICE)));
  expect(pairs!.map(({ id }) => id)).toEqual(PAIRS.map(({ mutant }) => mutant.id));
  expect(pairs![1]).toMatchObject({ kind: 'pair', verdict: 'equivalent', reason: WITHIN });
  expect(pairing).toEqual(WITH_PAIRS.pairing);
  expect(scoreOf(WITH_PAIRS.mutants)).toEqual(scoreOf(result.mutants));
});
