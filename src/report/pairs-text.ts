// SPDX-License-Identifier: GPL-2.0-only
// What hides what? Pairs of mutants that die alone and live together, each with why it lives.

import type { MutantRun, RunResult } from '#lab/run';
import { isDetected } from '#lab/verdict';
import type { TwinPair } from '#mutation/pairs';
import { headlineOf } from './run-report.ts';
import { countText, numberText } from './texts.ts';

/** The section of a run with pairs; no line of one without. */
export function pairLines({ mutants, pairs, pairing }: RunResult): string[] {
  if (pairing === null) return [];
  const { twins, overlapping } = pairing;
  const left = pairs.filter(({ verdict }) => !isDetected(verdict.verdict));
  const unknown = left.filter(({ verdict }) => verdict.verdict === 'unknown');
  const died = pairs.length - left.length;
  const lived = left.length - unknown.length;
  return [
    'pairs: two mutants at once, each of which died alone',
    `  ${numberText(pairs.length)} run: ${died} died, ${lived} lived, ${unknown.length} unknown`,
    `  not run: ${countText(overlapping, 'pair')} that edit one place, ` +
      `${numberText(twins.length)} of a code that is known`,
    ...twins.flatMap((twin) => twinLines(twin, [...mutants, ...pairs])),
    ...left.flatMap((run) => [`  ${wordOf(run)}: ${run.mutant.id}`, `    ${headlineOf(run)}`]),
    '',
  ];
}

function twinLines({ id, sameAs }: TwinPair, runs: readonly MutantRun[]): string[] {
  if (sameAs === null)
    return [`  masked: ${id}`, '    each undoes the other: the code of the port'];
  const twin = runs.find(({ mutant }) => mutant.id === sameAs)!;
  const word = isDetected(twin.verdict.verdict) ? 'known' : wordOf(twin);
  return [`  ${word}: ${id}`, `    the code of ${sameAs}: ${headlineOf(twin)}`];
}

/** Of who did not die. */
function wordOf({ verdict }: MutantRun): string {
  return verdict.verdict === 'unknown' ? 'unknown' : 'masked';
}
