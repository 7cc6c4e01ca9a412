// SPDX-License-Identifier: GPL-2.0-only
// What is the score of a run? Detected mutants over those that were judged, each code counted once;
// what is unknown counts as not detected. Who is equivalent to the port cannot be detected, and is
// no mutant to be judged by.

import type { MutantRun } from '#lab/run';
import { isDetected, isUncounted, VERDICTS, type VerdictWord } from '#lab/verdict';

export interface Score {
  /** Mutants by verdict: operators' mutants, and regressions that are no operator's mutant too. */
  readonly of: Readonly<Record<VerdictWord, number>>;
  readonly detected: number;
  readonly judged: number;
  /** Regressions that are the same code as an operator's mutant, and are counted as that. */
  readonly twins: number;
  readonly controls: number;
}

/** Of the domain's mutants or, if asked for, of those that Stryker's rules make. */
export function scoreOf(
  all: readonly MutantRun[],
  which: 'domain' | 'syntactic' = 'domain',
): Score {
  const runs = all.filter(
    ({ mutant }) => (mutant.kind === 'syntactic') === (which === 'syntactic'),
  );
  const of = Object.fromEntries(VERDICTS.map((word) => [word, 0])) as Record<VerdictWord, number>;
  const isCounted = ({ mutant }: MutantRun) => mutant.kind !== 'control' && mutant.sameAs === null;
  for (const { verdict } of runs.filter(isCounted)) of[verdict.verdict]++;
  const sumOf = (words: readonly VerdictWord[]) => words.reduce((sum, word) => sum + of[word], 0);
  const judged = sumOf(VERDICTS.filter((word) => !isUncounted(word)));
  return {
    of,
    detected: sumOf(VERDICTS.filter(isDetected)),
    judged,
    twins: runs.filter(({ mutant }) => mutant.kind === 'regression' && mutant.sameAs !== null)
      .length,
    controls: runs.filter(({ mutant }) => mutant.kind === 'control').length,
  };
}

/** `86.5 %`, one digit, never rounded up to a hundred. */
export function percentText(part: number, whole: number): string {
  if (whole === 0) return 'no score';
  return `${(Math.floor((part * 1000) / whole) / 10).toFixed(1)} %`;
}
