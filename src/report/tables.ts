// SPDX-License-Identifier: GPL-2.0-only
// What do pages for people say of a run, whatever their markup is? A line with the score, groups,
// named regressions, what lived and what is unknown: rows of plain text, to be escaped by the
// format.

import { unmetExpectations } from '#lab/expectations';
import type { MutantRun } from '#lab/run';
import type { EraName } from '#vocabulary';
import { familyOf, type GroupScore, groupScores, layerOf } from './groups.ts';
import { headlineOf, outcomeOf, type RunReport } from './run-report.ts';
import { percentText, scoreOf } from './score.ts';
import { countText } from './texts.ts';

/** `score 98.2 %: 108 of 110 mutants detected`, or that there is no score. */
export function scoreLine({ result }: RunReport): string {
  if (result.problems.length > 0) return 'void: there is no score';
  const { detected, judged } = scoreOf(result.mutants);
  const partly = result.isInterrupted ? ', but the run was interrupted' : '';
  const counted = `${detected} of ${countText(judged, 'mutant')} detected`;
  return `score ${percentText(detected, judged)}: ${counted}${partly}`;
}

/** What the score is made of, in one line. */
export function countsLine({ result }: RunReport): string {
  const { of, twins, controls } = scoreOf(result.mutants);
  const eras = result.baselines.map(({ era }) => era).join(', ');
  return [
    ...Object.entries(of).map(([word, count]) => `${count} ${word}`),
    `${countText(controls, 'control')}`,
    ...(twins === 0 ? [] : [`${countText(twins, 'regression')} counted as an operator's mutant`]),
    `${result.baselines.length === 1 ? 'era' : 'eras'} ${eras === '' ? 'none' : eras}`,
  ].join(', ');
}

/** What must not be overlooked: why the run is void, or which regressions are not as expected. */
export function alarms({ result, regressions }: RunReport): string[] {
  if (result.problems.length > 0) return result.problems.map(({ text }) => text);
  return unmetExpectations(result.mutants, regressions);
}

export const GROUP_HEAD = ['', 'detected', 'of', 'survived', 'unknown', 'score'];

export function groupRow({ name, detected, of, survived, unknown }: GroupScore): string[] {
  return [name, ...[detected, of, survived, unknown].map(String), percentText(detected, of)];
}

export function layers({ result }: RunReport): GroupScore[] {
  return groupScores(result.mutants, layerOf);
}

export function families({ result }: RunReport): GroupScore[] {
  return groupScores(result.mutants, familyOf);
}

export interface RegressionRow {
  /** `ok`, `FAIL` or `unknown`. */
  readonly word: string;
  readonly id: string;
  readonly commit: string;
  readonly subject: string;
  readonly headline: string;
  readonly scenario: string;
  readonly schedule: string | null;
}

const WORDS = { good: 'ok', bad: 'FAIL', unknown: 'unknown' } as const;

/** The eras that were run. */
export function erasOf({ result }: RunReport): EraName[] {
  return result.baselines.map(({ era }) => era);
}

export function regressionRows({ result, regressions }: RunReport): RegressionRow[] {
  return result.mutants
    .filter(({ mutant }) => mutant.kind === 'regression')
    .map((run) => {
      const { mutant, story } = run;
      const known = regressions.find(({ name }) => name === mutant.name);
      return {
        word: WORDS[outcomeOf(run, regressions)],
        id: mutant.id,
        commit: known?.commit ?? '',
        subject: known?.subject ?? '',
        headline: headlineOf(run),
        scenario: story?.kill.scenario ?? '',
        schedule: story?.schedule ?? null,
      };
    });
}

/** Mutants that nobody noticed, controls apart. */
export function survivors({ result }: RunReport): MutantRun[] {
  return result.mutants.filter(
    ({ mutant, verdict }) => mutant.kind !== 'control' && verdict.verdict === 'survived',
  );
}

export function unknowns({ result }: RunReport): MutantRun[] {
  return result.mutants.filter(({ verdict }) => verdict.verdict === 'unknown');
}
