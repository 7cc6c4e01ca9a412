// SPDX-License-Identifier: GPL-2.0-only
// Which mutants belong together in a report? Layers, by where mutants come from, and families, by
// what they do: a score may be high because one family is easy and another is missing.

import type { MutantRun } from '#lab/run';
import { isDetected, isUncounted } from '#lab/verdict';

export const LAYERS = {
  operator: 'operators',
  syntactic: 'syntactic',
  regression: 'regressions',
} as const;

/** The layer of a mutant; null for a control or a pair, which are in none. */
export function layerOf({ mutant: { kind } }: MutantRun): string | null {
  return kind === 'control' || kind === 'pair' ? null : LAYERS[kind];
}

/** The family of an operator's mutant; null for all others. */
export function familyOf({ mutant }: MutantRun): string | null {
  return mutant.family;
}

export interface GroupScore {
  readonly name: string;
  readonly detected: number;
  readonly survived: number;
  readonly unknown: number;
  readonly of: number;
}

/** The score of each group, sorted by name. A code that stands in two groups counts in both. */
export function groupScores(
  runs: readonly MutantRun[],
  groupOf: (run: MutantRun) => string | null,
): GroupScore[] {
  const names = new Set(runs.map(groupOf).filter((name) => name !== null));
  return [...names].sort().map((name) => {
    const own = runs.filter((run) => groupOf(run) === name).map(({ verdict }) => verdict.verdict);
    const count = (...words: readonly string[]) => own.filter((v) => words.includes(v)).length;
    return {
      name,
      detected: own.filter(isDetected).length,
      survived: count('survived'),
      unknown: count('unknown'),
      of: own.filter((word) => !isUncounted(word)).length,
    };
  });
}
