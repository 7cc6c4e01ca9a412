// SPDX-License-Identifier: GPL-2.0-only
// What do all runs of one mutant together mean? Verdicts join by a lattice, so the answer depends
// neither on the order of the units nor on who ran them.

import type { Mutant, MutantKind } from '#mutation/mutant';
import { type UnitName, type UnitResult, unitText, type Violation, violationText } from './unit.ts';

/**
 * From strong to weak. `killed` and `deadlock` need one witness; `unknown` beats `survived`, which
 * speaks about all units and has part of the answer missing.
 */
export const VERDICTS = ['killed', 'deadlock', 'unknown', 'survived'] as const;
export type VerdictWord = (typeof VERDICTS)[number];

/** True if the suites noticed the mutant. */
export function isDetected(verdict: VerdictWord): boolean {
  return verdict === 'killed' || verdict === 'deadlock';
}

/** A violation that the unmutated port does not show in the same unit. */
export interface Kill extends UnitName, Violation {}

export interface Verdict {
  readonly id: string;
  readonly kind: MutantKind;
  readonly verdict: VerdictWord;
  /** All kinds of them, in the order of the units, then by invariant and detail. */
  readonly kills: readonly Kill[];
  /**
   * Why the verdict is what it is, where no broken rule says it: a crash, a spent budget, code that
   * is never reached.
   */
  readonly reason: string;
}

/** The reason of a survivor that no unit could have killed. */
export const NOT_REACHED = 'not reached: no scenario runs the code that it edits';

/** The stronger of two verdicts. */
export function joinVerdicts(a: VerdictWord, b: VerdictWord): VerdictWord {
  return VERDICTS[Math.min(VERDICTS.indexOf(a), VERDICTS.indexOf(b))]!;
}

/** What one unit says by itself. A regression is not killed by a crash. */
export function verdictOfUnit(
  kind: MutantKind,
  result: UnitResult,
  baseline: UnitResult,
): VerdictWord {
  const kills = killsOf(result, baseline);
  const has = (what: Violation['kind']) => kills.some((kill) => kill.kind === what);
  if (has('rule') || (has('crash') && kind !== 'regression')) return 'killed';
  if (has('stuck')) return 'deadlock';
  return result.isComplete ? 'survived' : 'unknown';
}

/**
 * The verdict on a mutant. `baseline` must hold the result of the unmutated port for each unit.
 * Throws if there is no unit, or one that the baseline lacks: nothing would have been compared.
 */
export function verdictOf(
  mutant: Pick<Mutant, 'id' | 'kind'>,
  units: readonly UnitResult[],
  baseline: readonly UnitResult[],
): Verdict {
  const { id, kind } = mutant;
  if (units.length === 0) throw new Error(`${id} was run in no unit`);
  const known = new Map(baseline.map((result) => [unitText(result), result]));
  const pairs = units.map((result) => {
    const before = known.get(unitText(result));
    if (before === undefined) throw new Error(`the baseline has no unit ${unitText(result)}`);
    return { result, before };
  });
  const verdict = pairs
    .map(({ result, before }) => verdictOfUnit(kind, result, before))
    .reduce(joinVerdicts);
  const kills = pairs.flatMap(({ result, before }) => killsOf(result, before));
  return { id, kind, verdict, kills, reason: reasonOf(verdict, kills, units) };
}

/** Violations beyond those of the unmutated port in the same unit. */
export function killsOf(result: UnitResult, baseline: UnitResult): Kill[] {
  const known = new Set(baseline.violations.map(violationText));
  const { scenario, mmio, memoryModel } = result;
  return result.violations
    .filter((violation) => !known.has(violationText(violation)))
    .map((violation) => ({ scenario, mmio, memoryModel, ...violation }));
}

function reasonOf(
  verdict: VerdictWord,
  kills: readonly Kill[],
  units: readonly UnitResult[],
): string {
  const crash = kills.find(({ kind }) => kind === 'crash');
  const isByRule = kills.some(({ kind }) => kind === 'rule');
  if (verdict === 'killed' && !isByRule) return `crash: ${crash!.detail}`;
  if (verdict === 'deadlock') return kills.find(({ kind }) => kind === 'stuck')!.detail;
  if (verdict === 'unknown') {
    const open = units.filter(({ isComplete }) => !isComplete);
    const [first] = open as [UnitResult];
    const more = open.length > 1 ? `, and ${open.length - 1} more like it` : '';
    return `unknown: ${first.reason} in ${unitText(first)}${more}`;
  }
  if (units.every(({ skipped }) => skipped === 'not-reached')) return NOT_REACHED;
  if (verdict === 'survived' && crash !== undefined) {
    return `its code crashes (${crash.detail}), which does not count for a regression`;
  }
  return '';
}
