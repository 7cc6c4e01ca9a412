// SPDX-License-Identifier: GPL-2.0-only
// What does a report of Stryker's say, and is it worth anything? A status becomes an outcome that a
// gate may count. A timeout, a mutant that no test was run on and an error of the runner are never
// kills; a crash is one by itself, because code that fails is noticed whoever looks.

/** Mutant of a report by the schema of mutation-testing-elements. Positions count from 1. */
export interface ReportedMutant {
  readonly id: string;
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly status: string;
  readonly statusReason?: string;
  readonly testsCompleted?: number;
  readonly location: {
    readonly start: { readonly line: number; readonly column: number };
    readonly end: { readonly line: number; readonly column: number };
  };
}

export interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly ReportedMutant[] }>>;
}

/**
 * `killed`: an invariant or a deadlock. `crash`: the code failed. `survived`: tests ran and passed.
 * `not-reached`: no test comes by. `no-answer`: nothing may be concluded.
 */
export type Outcome =
  | 'killed'
  | 'crash'
  | 'survived'
  | 'not-reached'
  | 'compile-error'
  | 'ignored'
  | 'no-answer';

export function outcomeOf({ status, statusReason = '', testsCompleted }: ReportedMutant): Outcome {
  if (status === 'CompileError') return 'compile-error';
  if (status === 'Ignored') return 'ignored';
  if (status === 'NoCoverage') return 'not-reached';
  if (status !== 'Killed' && status !== 'Survived') return 'no-answer';
  if (testsCompleted === 0) return 'no-answer';
  if (status === 'Survived') return 'survived';
  return /^crash\b/.test(statusReason) ? 'crash' : 'killed';
}

/** What may be counted: kills by a finding over all mutants that compile. */
export interface StrictScore {
  readonly killed: number;
  readonly judged: number;
  readonly of: Readonly<Record<Outcome, number>>;
}

/** Crashes and missing answers are in the denominator, and never in the numerator. */
export function strictScore(report: Report): StrictScore {
  const of: Record<Outcome, number> = {
    killed: 0,
    crash: 0,
    survived: 0,
    'not-reached': 0,
    'compile-error': 0,
    ignored: 0,
    'no-answer': 0,
  };
  for (const { mutants } of Object.values(report.files)) {
    for (const mutant of mutants) of[outcomeOf(mutant)]++;
  }
  const judged = of.killed + of.crash + of.survived + of['not-reached'] + of['no-answer'];
  return { killed: of.killed, judged, of };
}
