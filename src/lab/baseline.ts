// SPDX-License-Identifier: GPL-2.0-only
// May mutants be compared with the port as it stands? Only if it breaks exactly what the era is
// known to break: anything else is news about the port or the suites, and would hide or fake kills.

import type { EraName } from '#vocabulary';
import type { Coverage } from './coverage.ts';
import type { Invariant } from './suites.ts';
import { type UnitResult, unitText, type Violation, violationText } from './unit.ts';

/** A way in which an era is known to break an invariant, and why it does. */
export interface KnownBreak extends Pick<Violation, 'invariant' | 'detail'> {
  readonly because: string;
}

export function knownBreaks(era: EraName, invariants: readonly Invariant[]): KnownBreak[] {
  return invariants.flatMap(({ name, knownBreaks: breaks }) =>
    breaks
      .filter((known) => known.era === era)
      .flatMap(({ details, because }) =>
        details.map((detail) => ({ invariant: name, detail, because })),
      ),
  );
}

/** Why a run is void. */
export interface Problem {
  readonly text: string;
  /** Nothing wrong was seen, but a budget ran out before all was seen. */
  readonly isUnknown: boolean;
}

export function problem(text: string, isUnknown = false): Problem {
  return { text, isUnknown };
}

/**
 * Why this baseline is no ground for verdicts, one sentence each; empty if it is. `isWhole`: every
 * scenario was run, so what is known to break must have been seen to.
 */
export function baselineProblems(
  era: EraName,
  units: readonly UnitResult[],
  invariants: readonly Invariant[],
  isWhole: boolean,
): Problem[] {
  const problems = units.flatMap((unit) => unitProblems(era, unit));
  if (units.length === 0) problems.push(problem(`${era}: no scenario was run`));
  if (!isWhole) return problems;
  const seen = new Set(units.flatMap((unit) => unit.violations.map(violationText)));
  for (const known of knownBreaks(era, invariants)) {
    if (!seen.has(violationText(known))) {
      const what = violationText(known);
      problems.push(problem(`${era} is known to break ${what}, but no scenario shows it`));
    }
  }
  return problems;
}

/**
 * Why what was measured of the baseline says nothing of which mutants a unit can show: each unit
 * boots a VM at least, so that probes that saw nothing do not work.
 */
export function coverageProblems(
  era: EraName,
  units: readonly UnitResult[],
  coverage: readonly Coverage[],
): Problem[] {
  return units.flatMap((unit, i) =>
    (coverage[i]?.entries ?? 0) > 0
      ? []
      : [problem(`${era} in ${unitText(unit)}: no probe of the port was passed`)],
  );
}

function unitProblems(era: EraName, unit: UnitResult): Problem[] {
  const where = `${era} in ${unitText(unit)}`;
  const problems = unit.violations
    .filter(({ isKnown }) => !isKnown)
    .map((violation) =>
      problem(`${where} breaks ${violationText(violation)}: not known of the era`),
    );
  if (!unit.isComplete) problems.push(problem(`${where} is not complete: ${unit.reason}`, true));
  if (unit.counts.states + unit.counts.checks === 0)
    problems.push(problem(`${where} checks nothing`));
  return problems;
}
