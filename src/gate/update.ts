// SPDX-License-Identifier: GPL-2.0-only
// What would contract and baseline be after this run? What is new is added, reasons that people
// gave are kept, and where one is missing a gap is left that the gate refuses.

import type { Baseline, Contract, Outcome, Promised } from './documents.ts';
import { BASELINE, GATE, NO_REASON, schemaNamed } from './documents.ts';

/** `promised`: the regressions with what each must break, as their files say. */
export function contractOf(promised: readonly Promised[], { verdicts }: Outcome): Contract {
  return {
    schema: schemaNamed(GATE),
    regressions: [...promised].sort(byId),
    mutants: verdicts
      .filter(({ kind }) => kind === 'operator' || kind === 'control')
      .map(({ id }) => id)
      .sort(),
  };
}

/** The survivors of the run, with the reasons of an earlier baseline. */
export function baselineOf(before: Baseline | null, { verdicts }: Outcome): Baseline {
  const key = (id: string, verdict: string) => `${verdict} ${id}`;
  const reasons = new Map(
    before?.survivors.map(({ id, verdict, reason }) => [key(id, verdict), reason]),
  );
  const survivors = verdicts.flatMap(({ id, kind, verdict }) => {
    if (kind !== 'operator' || (verdict !== 'survived' && verdict !== 'unknown')) return [];
    return [{ id, verdict, reason: reasons.get(key(id, verdict)) ?? NO_REASON } as const];
  });
  return { schema: schemaNamed(BASELINE), survivors: survivors.sort(byId) };
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1;
}
