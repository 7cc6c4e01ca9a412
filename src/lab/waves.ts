// SPDX-License-Identifier: GPL-2.0-only
// In which order is a mutant run? Most die in the cheapest units; the dearest cost a thousand times
// as much. So the units that reach its edits come in waves, each of which costs about as much as
// all before it, and a wave is run only if the mutant lived through those before, or is not yet
// dead of what it must die of. So who dies has cost at most about twice what was needed. Who
// survives has run them all; a control, which is harmless and would always go the whole way, is
// spared the dearest.
//
// What a unit costs is measured on the port as it stands. A mutant may have very many more states,
// where its unit cannot be reduced, and may need long to find out that it cannot be. So a unit is
// tried with few states and few nodes first, and is run whole behind all waves, if that is still
// needed then.

import type { MutantKind } from '#mutation/mutant';
import type { Coverage } from './coverage.ts';
import type { Unit, UnitResult } from './unit.ts';

/** A unit by its place among those of its era. */
export interface CostedUnit {
  readonly index: number;
  readonly cost: number;
  /** What it claims, under its mask: other sizes of it tell less than other claims. */
  readonly claim: string;
}

/** What the first wave may cost; each later wave doubles the sum. */
const FIRST_WAVE = 12_000;
/** What all units of a kind may cost together, where they are bounded. */
const MOST: Partial<Record<MutantKind, number>> = { control: 150_000 };

/** The plain search stores so many in a tenth of a second. */
const TRY_STATES = 10_000;

/** What work costs, in microseconds. */
export interface Weights {
  readonly exploration: number;
  readonly node: number;
  readonly state: number;
  readonly vm: number;
  /** A load or a store of a sequence. */
  readonly access: number;
  /** A region that is entered, by the probes of a port. */
  readonly entry: number;
}

/** Fitted to the units of v3.17. */
const OF_PORTS: Weights = {
  exploration: 5_000,
  node: 18,
  state: 3,
  vm: 150,
  access: 0.6,
  entry: 0.014,
};

/**
 * A unit with its cost: about how many microseconds it takes, by what the port did in it and by no
 * clock, so that the waves are the same on every machine.
 */
export function costed(
  index: number,
  unit: Unit,
  result: UnitResult,
  { entries }: Coverage,
): CostedUnit {
  return costedBy(OF_PORTS, index, unit, result, entries);
}

/** The same with other weights, for other code than that of ports. */
export function costedBy(
  weights: Weights,
  index: number,
  { scenario, mmio }: Unit,
  { counts }: UnitResult,
  entries: number,
): CostedUnit {
  const claim = `${scenario.id.replace(/\..*$/, '')} ${mmio}`;
  const { exploration, node, state, vm, access, entry } = weights;
  const cost =
    scenario.kind === 'sequential'
      ? vm * counts.vms + access * counts.accesses + entry * entries
      : exploration + node * counts.nodes + state * counts.states;
  return { index, cost, claim };
}

/**
 * The waves of a mutant's units. One unit of each claim comes before the second of any; among those
 * the cheapest first.
 */
export function wavesOf(units: readonly CostedUnit[], kind: MutantKind): CostedUnit[][] {
  const waves: CostedUnit[][] = [];
  const most = MOST[kind] ?? Number.POSITIVE_INFINITY;
  let [spent, limit] = [0, 0];
  for (const unit of inOrder(units)) {
    spent += unit.cost;
    if (spent > most && waves.length > 0) break;
    if (spent > limit || waves.length === 0) {
      waves.push([]);
      limit = Math.max(FIRST_WAVE, 2 * (spent - unit.cost), spent);
    }
    waves.at(-1)!.push(unit);
  }
  return waves;
}

function inOrder(units: readonly CostedUnit[]): CostedUnit[] {
  const cheapFirst = (a: CostedUnit, b: CostedUnit) => a.cost - b.cost || a.index - b.index;
  const ofClaim = new Map<string, number>();
  const ranked = [...units].sort(cheapFirst).map((unit) => {
    const rank = ofClaim.get(unit.claim) ?? 0;
    ofClaim.set(unit.claim, rank + 1);
    return { rank, unit };
  });
  return ranked.sort((a, b) => a.rank - b.rank || cheapFirst(a.unit, b.unit)).map((r) => r.unit);
}

/** How many states a mutant's unit is tried with, if the port has so many in it. */
export function statesToTry(ofPort: number): number {
  return TRY_STATES + 4 * ofPort;
}

/** What cannot be reduced costs so many nodes before that is known; a hundredth of a second. */
const TRY_NODES = 1_000;

/** With how many nodes a mutant's unit is tried to be reduced, if the port has so many in it. */
export function nodesToTry(ofPort: number): number {
  return TRY_NODES + 4 * ofPort;
}
