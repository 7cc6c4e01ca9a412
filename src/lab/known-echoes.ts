// SPDX-License-Identifier: GPL-2.0-only
// What is known of one mutant before it is run? In which units it does what the port does, since
// they were asked, and what is to be seen there.

import type { EraName } from '#vocabulary';
import { rememberPort } from './compare.ts';
import type { LargerKnown } from './prove.ts';
import { type Seen, type Sight, sightOf } from './sight.ts';
import { type Unit, type UnitOrder, unitName, unitText } from './unit.ts';

/** What is known of a mutant in one unit. */
export interface UnitEcho {
  readonly unit: UnitOrder;
  /** Does it do what the port does? */
  readonly isEcho: boolean;
  /** What both show there, if it does; null if nobody looked. */
  readonly sight: Sight | null;
  /** What the port shows, if the mutant may show something else; null if nobody looked. */
  readonly ofPort: Seen | null;
}

/** Answers for one mutant. */
export interface KnownEchoes {
  /** Units of its task that were asked about it. */
  readonly units: readonly UnitEcho[];
  /** The larger units that reach it; null if nobody knows which ones do. */
  readonly larger: readonly UnitEcho[] | null;
}

/** What is told of a unit to who was asked about it. */
export function echoOf(unit: UnitOrder, isEcho: boolean, seen: Seen | null): UnitEcho {
  const known = { unit, isEcho, sight: null, ofPort: null };
  if (seen === null) return known;
  return isEcho ? { ...known, sight: keptSight(seen) } : { ...known, ofPort: seen };
}

const sights = new WeakMap<Seen, Sight>();

/** The same for all mutants. */
function keptSight(seen: Seen): Sight {
  let sight = sights.get(seen);
  if (sight === undefined) {
    sight = sightOf(seen);
    sights.set(seen, sight);
  }
  return sight;
}

/** The answers, by unit. */
export interface EchoesByUnit {
  readonly isEcho: (unit: Unit) => boolean;
  /** Null if the mutant may show anything else there. */
  readonly sightOf: (unit: Unit) => Sight | null;
  readonly larger: readonly LargerKnown[] | null;
}

const NOTHING: EchoesByUnit = { isEcho: () => false, sightOf: () => null, larger: null };

/** `unitOf` finds the unit of an order. What the port shows is remembered for comparisons. */
export function byUnit(
  era: EraName,
  echoes: KnownEchoes | undefined,
  unitOf: (order: UnitOrder) => Unit,
): EchoesByUnit {
  if (echoes === undefined) return NOTHING;
  const { units, larger } = echoes;
  const known = new Map<string, Sight | null>();
  for (const { unit, isEcho, sight, ofPort } of [...units, ...(larger ?? [])]) {
    if (isEcho) known.set(unitText(unit), sight);
    if (ofPort !== null) rememberPort(era, unitOf(unit), ofPort);
  }
  const textOf = (unit: Unit) => unitText(unitName(unit));
  return {
    isEcho: (unit) => known.has(textOf(unit)),
    sightOf: (unit) => known.get(textOf(unit)) ?? null,
    larger: larger?.map(({ unit, sight }) => ({ unit: unitOf(unit), sight })) ?? null,
  };
}
