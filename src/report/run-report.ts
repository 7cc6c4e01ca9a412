// SPDX-License-Identifier: GPL-2.0-only
// What is a report of a run made from? A value: each format is a function from it to a text, and
// asks nobody else, so that the same run gives the same bytes.

import { unmetExpectations } from '#lab/expectations';
import type { MutantRun, RunResult } from '#lab/run';
import type { Scenario } from '#lab/suites';
import { isDetected, isUncounted, NOT_REACHED, type VerdictWord } from '#lab/verdict';
import type { Regression } from '#mutation/mutant';

export interface RunReport {
  readonly result: RunResult;
  /** Those that were chosen, in the order in which reports list them. */
  readonly scenarios: readonly Scenario[];
  readonly regressions: readonly Regression[];
  /** Texts of the ports' files, by path relative to reference/. All edits fit them. */
  readonly sources: ReadonlyMap<string, string>;
  /** What this run in particular left out. */
  readonly leftOut: readonly string[];
}

/** What mutants are mutants of: in which folder of a report, and in which language. */
export interface Origin {
  readonly prefix: string;
  readonly language: string;
}

/** What a document of mutants is made from; of the ports unless `origin` says more. */
export interface Reported extends Omit<RunReport, 'result' | 'leftOut'> {
  readonly result: Pick<RunResult, 'mutants' | 'problems'>;
  readonly origin?: Origin;
}

const PORTS: Origin = { prefix: 'reference/', language: 'typescript' };

export function originOf({ origin }: Pick<Reported, 'origin'>): Origin {
  return origin ?? PORTS;
}

/** A format of reports. One file of src/report/formats/ exports one as `format`. */
export interface Format {
  /** What follows --report. */
  readonly name: string;
  /** Where it is written, relative to reports/. */
  readonly file: string;
  /** Who reads it, in a few words. */
  readonly summary: string;
  readonly text: (report: RunReport) => string;
}

/** How a mutant came out, in the eyes of who waits for good or bad news. */
export type Outcome = 'good' | 'bad' | 'unknown';

/**
 * `good`: it is as it must be. A control must live, a regression must break what its file names,
 * and all others must be detected.
 */
export function outcomeOf(run: MutantRun, regressions: readonly Regression[]): Outcome {
  const outcome = OUTCOMES[run.verdict.verdict];
  if (outcome === 'unknown') return outcome;
  // Nobody can be blamed for what nobody can tell; but a real bug is no such thing.
  if (isUncounted(run.verdict.verdict) && run.mutant.kind !== 'regression') return 'good';
  if (run.mutant.kind === 'control') return outcome === 'good' ? 'bad' : 'good';
  return unmetExpectations([run], regressions).length === 0 ? outcome : 'bad';
}

const OUTCOMES: Readonly<Record<VerdictWord, Outcome>> = {
  killed: 'good',
  deadlock: 'good',
  'lost-optimisation': 'good',
  survived: 'bad',
  equivalent: 'bad',
  unknown: 'unknown',
};

/** Verdict and cause in one line, the verdict's word first. */
export function headlineOf({ mutant, verdict, story }: MutantRun): string {
  const { verdict: word, reason, kills } = verdict;
  const cause = causeOf(word, reason, story?.kill.invariant ?? kills[0]?.invariant);
  if (mutant.kind !== 'control' || word === 'unknown') return cause;
  if (isDetected(word)) return `${cause}, though it is a control`;
  return word === 'survived' ? 'survived: as a control must' : cause;
}

function causeOf(word: string, reason: string, invariant: string | undefined): string {
  if (reason.startsWith(word)) return reason;
  if (word === 'survived' && reason === NOT_REACHED) return `${word}: ${NOT_REACHED}`;
  if (reason !== '') return `${word}: ${reason}`;
  if (word === 'survived') return `${word}: explored within the bounds, and no invariant breaks`;
  return invariant === undefined ? word : `${word}: ${invariant}`;
}

/** The verdict with all that shows it: headline, what else breaks, and the story's table. */
export function evidenceOf(run: MutantRun): string {
  const { verdict, story, witness } = run;
  const shown = story?.text ?? witness?.text ?? null;
  const told = story?.kill.invariant;
  const others = [...new Set(verdict.kills.map(({ invariant }) => invariant))]
    .filter((name) => name !== told && name !== 'crash')
    .sort();
  const also =
    told === undefined || others.length === 0 ? [] : [`also breaks ${others.join(', ')}`];
  return [headlineOf(run), ...also, ...(shown === null ? [] : ['', shown.trimEnd()])].join('\n');
}

/** The lines of the places that a mutant edits, such as `virt/kvm/kvm_main.ts:873`. */
export function placesOf({ mutant }: MutantRun, report: Reported): string[] {
  return mutant.edits.map(({ file, start }) => {
    const line = sourceOf(report.sources, file).slice(0, start).split('\n').length;
    return `${originOf(report).prefix}${file}:${line}`;
  });
}

/** The text of a port's file. Throws if it is not there: every edit stands in one. */
export function sourceOf(sources: RunReport['sources'], file: string): string {
  const text = sources.get(file);
  if (text === undefined) throw new Error(`the report has no source of ${file}`);
  return text;
}

/** The first reason why a run has no score; null if it has one. */
export function voidReason({ problems }: Pick<RunResult, 'problems'>): string | null {
  return problems[0]?.text ?? null;
}
