// SPDX-License-Identifier: GPL-2.0-only
// What would contract and baseline be after this run? What is new is added, reasons that people
// gave are kept, and where one is missing a gap is left that the gate refuses. A run without
// options says nothing of the families that it leaves out: what was known of them stays.

import type { Baseline, Contract, Outcome, Promised } from './documents.ts';
import { BASELINE, GATE, NO_REASON, schemaNamed } from './documents.ts';

/** What a contract is made of besides the run. */
export interface Grounds {
  /** The regressions with what each must break, as their files say. */
  readonly promised: readonly Promised[];
  /** Is the mutant of this id one of a run without options? */
  readonly isDefault: (id: string) => boolean;
  /** Has the run mutants of all families? */
  readonly isOfAllFamilies: boolean;
}

export function contractOf(
  before: Contract | null,
  { promised, isDefault, isOfAllFamilies }: Grounds,
  { verdicts }: Outcome,
): Contract {
  const ids = verdicts
    .filter(({ kind }) => kind === 'operator' || kind === 'control')
    .map(({ id }) => id)
    .sort();
  return {
    schema: schemaNamed(GATE),
    regressions: [...promised].sort(byId),
    mutants: ids.filter(isDefault),
    more: isOfAllFamilies ? ids.filter((id) => !isDefault(id)) : (before?.more ?? []),
  };
}

/** The survivors of the run, with the reasons of an earlier baseline. `leftOut`: not in the run. */
export function baselineOf(
  before: Baseline | null,
  { verdicts }: Outcome,
  leftOut: readonly string[],
): Baseline {
  const key = (id: string, verdict: string) => `${verdict} ${id}`;
  const earlier = before?.survivors ?? [];
  const reasons = new Map(earlier.map(({ id, verdict, reason }) => [key(id, verdict), reason]));
  const survivors = verdicts.flatMap(({ id, kind, verdict }) => {
    if (kind !== 'operator' || (verdict !== 'survived' && verdict !== 'unknown')) return [];
    return [{ id, verdict, reason: reasons.get(key(id, verdict)) ?? NO_REASON } as const];
  });
  const kept = earlier.filter(({ id }) => leftOut.includes(id));
  return { schema: schemaNamed(BASELINE), survivors: [...survivors, ...kept].sort(byId) };
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1;
}
