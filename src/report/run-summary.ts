// SPDX-License-Identifier: GPL-2.0-only
// What does a reader of a run want to know first? Whether it can be trusted, what the score is,
// what lived, and where to read on.

import { killedElsewhere } from '#lab/elsewhere';
import type { MutantRun, RunResult } from '#lab/run';
import { NOT_REACHED } from '#lab/verdict';
import { pairLines } from './pairs-text.ts';
import { percentText, scoreOf } from './score.ts';
import { columns, countText, numberText, wrapText } from './texts.ts';

/** Everything below the matrix. `failures`: regressions that were not killed as they must be. */
export function summaryText(result: RunResult, failures: readonly string[]): string {
  const sections = [lived(result.mutants), pairLines(result), failed(failures)];
  return [soundness(result), ...sections].flat().join('\n');
}

function soundness(result: RunResult): string[] {
  const { baselines, mutants, refused, problems, isInterrupted } = result;
  const units = [...baselines, ...mutants]
    .flatMap((subject) => subject.units)
    .filter(({ skipped }) => skipped === undefined);
  const states = units.reduce((sum, unit) => sum + unit.counts.states, 0);
  const counted = [countText(mutants.length, 'mutant'), countText(units.length, 'exploration')];
  const ran = [...counted, `${numberText(states)} states`].join(', ');
  if (problems.length > 0) {
    return [
      'This run is void, so there is no score:',
      ...problems.map(({ text }) => `  ${text}`),
      '',
    ];
  }
  const { of, detected, judged, twins, controls } = scoreOf(mutants);
  const notes = [
    `${of.killed} killed`,
    `${of.deadlock} deadlocked`,
    ...(of['lost-optimisation'] === 0 ? [] : [`${of['lost-optimisation']} lost an optimisation`]),
    `${of.survived} survived`,
    `${of.unknown} unknown`,
  ];
  return [
    ...(isInterrupted ? ['Interrupted: what follows is not the whole run.'] : []),
    ran,
    `score ${percentText(detected, judged)}: ${detected} of ${judged} (${notes.join(', ')})`,
    ...(of.equivalent === 0
      ? []
      : [`${countText(of.equivalent, 'mutant')} equivalent to the port, and not counted`]),
    `${countText(controls, 'control')} lived, as they must` +
      (twins === 0
        ? ''
        : `; ${countText(twins, 'regression')} counted as the operator's mutant of the same code`),
    ...elsewhere(result),
    ...syntactic(mutants, refused.length),
    '',
  ];
}

/** What the suites would have found without knowing of it. */
function elsewhere({ mutants, regressions }: RunResult): string[] {
  const { of, elsewhere: found, ownOnly } = killedElsewhere(mutants, regressions);
  if (of === 0) return [];
  const isSpared = mutants.some(({ mutant, spared }) => mutant.kind === 'regression' && spared > 0);
  const [least, where] = isSpared ? ['at least ', ' of those that they were run in'] : ['', ''];
  const others = ownOnly.length === 0 ? '' : `; only by their own${where}: ${ownOnly.join(', ')}`;
  const text =
    `${least}${found.length} of ${countText(of, 'regression')} killed by a scenario, too, that ` +
    `was not written for them${others}`;
  return wrapText(text, 80);
}

/** The same suites, by rules that know no kernel. */
function syntactic(mutants: readonly MutantRun[], refused: number): string[] {
  const { of, detected, judged } = scoreOf(mutants, 'syntactic');
  if (judged === 0) return [];
  const crashes = mutants.filter(
    ({ mutant, verdict: { verdict, kills } }) =>
      mutant.kind === 'syntactic' &&
      verdict === 'killed' &&
      !kills.some(({ kind }) => kind === 'rule'),
  ).length;
  return [
    `by Stryker's rules ${percentText(detected, judged)}: ${detected} of ${judged} ` +
      `(${of.killed} killed, ${crashes} of them by a crash only, ${of.deadlock} deadlocked, ` +
      `${of.survived} survived, ${of.unknown} unknown); ${refused} more do not type check`,
  ];
}

function lived(runs: readonly MutantRun[]): string[] {
  const survivors = runs.filter(
    ({ mutant, verdict }) => mutant.kind !== 'control' && verdict.verdict === 'survived',
  );
  const unreached = survivors.filter(({ verdict }) => verdict.reason === NOT_REACHED);
  const unknown = runs.filter(({ verdict }) => verdict.verdict === 'unknown');
  return [
    ...(survivors.length === unreached.length
      ? []
      : ['survived:', ...entries(survivors.filter((run) => !unreached.includes(run))), '']),
    ...(unreached.length === 0
      ? []
      : ['survived, in code that no scenario runs:', ...entries(unreached), '']),
    ...(unknown.length === 0 ? [] : ['unknown:', ...entries(unknown), '']),
  ];
}

function entries(runs: readonly MutantRun[]): string[] {
  return columns(
    runs.map(({ mutant, verdict }) => [
      `  ${mutant.id}`,
      ['', NOT_REACHED].includes(verdict.reason) ? mutant.description : verdict.reason,
    ]),
  );
}

function failed(failures: readonly string[]): string[] {
  return failures.length === 0 ? [] : ['failed:', ...failures.map((text) => `  ${text}`), ''];
}
