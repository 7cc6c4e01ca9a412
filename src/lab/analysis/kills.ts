// SPDX-License-Identifier: GPL-2.0-only
// What does a kill matrix say beyond the score? Plain scores flatter: many mutants die of the same
// thing. Here a mutant is a row, and each way to notice it a column.

import { isDetected, type Verdict } from '../verdict.ts';

/** A mutant that was noticed, and all ways in which it was. */
export interface Row {
  readonly id: string;
  /** Never empty. Only those of units that were run: a spared unit is no "does not kill". */
  readonly ways: ReadonlySet<string>;
}

/** Names the column of a kill. */
export type Way = (kill: Verdict['kills'][number]) => string;

/** By scenario alone. */
export const byScenario: Way = ({ scenario }) => scenario;
/** By invariant alone. */
export const byInvariant: Way = ({ invariant }) => invariant;
/** By scenario and invariant: the column of a kill for the right reason. */
export const byBoth: Way = ({ scenario, invariant }) => `${scenario} ${invariant}`;

/** The rows of what was noticed, controls left out: they are harmless, whatever they show. */
export function rowsOf(verdicts: readonly Verdict[], way: Way): Row[] {
  return verdicts
    .filter(
      ({ kind, verdict, kills }) => kind !== 'control' && isDetected(verdict) && kills.length > 0,
    )
    .map(({ id, kills }) => ({ id, ways: new Set(kills.map(way)) }));
}

/** Mutants that are noticed in exactly the same ways are one question asked several times. */
export function distinctRows(rows: readonly Row[]): Row[] {
  const first = new Map<string, Row>();
  for (const row of rows) {
    const key = [...row.ways].sort().join('\n');
    if (!first.has(key)) first.set(key, row);
  }
  return [...first.values()];
}

/**
 * The rows that dominate: whoever notices all of them notices every mutant, since each other row
 * has all ways of one of them. Equal rows are represented by the first (Kurtz, Ammann, Delamaro,
 * Offutt, Deng, "Mutant subsumption graphs", 2014).
 */
export function dominators(rows: readonly Row[]): Row[] {
  const distinct = distinctRows(rows);
  return distinct.filter((row) =>
    distinct.every((other) => other === row || !isWithin(other.ways, row.ways)),
  );
}

/** For each column the rows that only it notices. */
export function onlyBy(rows: readonly Row[]): Map<string, Row[]> {
  const only = new Map<string, Row[]>();
  for (const row of rows) {
    if (row.ways.size !== 1) continue;
    const [way] = row.ways as Set<string> & Iterable<string>;
    only.set(way!, [...(only.get(way!) ?? []), row]);
  }
  return only;
}

export function isWithin(some: ReadonlySet<string>, all: ReadonlySet<string>): boolean {
  for (const item of some) if (!all.has(item)) return false;
  return true;
}
