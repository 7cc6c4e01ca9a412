// SPDX-License-Identifier: GPL-2.0-only
// What do all runs of one mutant together mean? Verdicts join by a lattice, so the answer depends
// neither on the order of the units nor on who ran them.

import type { Mutant, MutantKind } from '#mutation/mutant';
import { type UnitName, type UnitResult, unitText, type Violation, violationText } from './unit.ts';

/**
 * From strong to weak. `killed` and `deadlock` need one witness; `unknown` beats the others, which
 * speak about all units and have part of the answer missing.
 */
export const VERDICTS = [
  'killed',
  'deadlock',
  'unknown',
  'lost-optimisation',
  'survived',
  'equivalent',
] as const;
export type VerdictWord = (typeof VERDICTS)[number];

/** What each verdict means, in a sentence or two. */
export const MEANINGS: Readonly<Record<VerdictWord, string>> = {
  killed: 'An invariant breaks that the port keeps in the same scenario, or the code crashes.',
  deadlock: 'Under some schedule threads wait for ever.',
  unknown:
    'A budget was spent before everything was seen, so there is no answer. It never counts as ' +
    'detected.',
  'lost-optimisation':
    'Nothing wrong is answered, but a cache that the port hits is hit in no schedule of any ' +
    'scenario that was compared. It counts as detected.',
  survived:
    'No invariant breaks, and yet somebody outside can tell the mutant from the port: a witness ' +
    'says on which schedule. Without a witness, no scenario runs the code that it edits.',
  equivalent:
    'Under every schedule, within the bounds that are printed, the mutant answers accesses and ' +
    'calls as the port does; and once more in larger scenarios and from other generations. It is ' +
    'not counted in the score.',
};

/** True if the suites noticed the mutant. */
export function isDetected(verdict: VerdictWord): boolean {
  return verdict === 'killed' || verdict === 'deadlock' || verdict === 'lost-optimisation';
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

/** True if the mutant says nothing about the suites: nobody can tell it from the port. */
export function isUncounted(verdict: VerdictWord): boolean {
  return verdict === 'equivalent';
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

/** The verdict with what comparison adds to it: only of a mutant that lived, and was reached. */
export function withProof(
  verdict: Verdict,
  proof: { readonly verdict: VerdictWord; readonly reason: string } | null,
): Verdict {
  if (proof === null || verdict.verdict !== 'survived') return verdict;
  const { reason } = verdict;
  return { ...verdict, verdict: proof.verdict, reason: reason === '' ? proof.reason : reason };
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
