// SPDX-License-Identifier: GPL-2.0-only
// Is a mutant that nothing kills the same as the port, or has nobody asked the right question?
// Small units first; what is equal in all of them is compared again in larger ones, with other
// numbers to start from. A difference is shown by a schedule, equality by the bounds within which
// it holds.

import type { Mutant } from '#mutation/mutant';
import { type Comparison, isDecided, isEqual, largerUnitsOf, see, seenOfPort } from './compare.ts';
import { equalityText } from './equality-text.ts';
import { mendedText } from './mended.ts';
import {
  digestOf,
  HITS,
  type Hit,
  isHit,
  isOutside,
  type Seen,
  type Shown,
  type Sight,
} from './sight.ts';
import { type Unit, unitName, unitText } from './unit.ts';
import { loadSystem } from './variants.ts';
import type { VerdictWord } from './verdict.ts';
import {
  type Difference,
  type DrawWitness,
  differenceOf,
  originalOf,
  type Subjects,
  type Witness,
  witnessOf,
} from './witness.ts';

/** What comparison makes of a mutant that no unit kills. */
export interface Proof {
  readonly verdict: VerdictWord;
  /** In one line: the bounds of equality, or what differs. */
  readonly reason: string;
  readonly witness: Witness | null;
}

/** How the reason begins if a mutant is equal in every small unit and not in a larger one. */
export const FLIPPED = 'the bounds are too small';

/** The reason of a survivor whose code no comparison sees. */
export const UNTOLD = 'not compared: no guest reaches its code, only checks of single functions do';

/** What is known of a mutant that is observed in a unit, and does there what the port does. */
export type Echoed = (unit: Unit) => Sight | null;

/** A larger unit that reaches the mutant. */
export interface LargerKnown {
  readonly unit: Unit;
  /** What both show there; null if nobody knows. */
  readonly sight: Sight | null;
}

/** Compares one mutant with its port. */
export class Comparer {
  readonly #subjects: Subjects;
  readonly #draw: DrawWitness | null;
  readonly #echoed: Echoed;
  readonly #larger: readonly LargerKnown[] | null;
  /** What was seen of the mutant, by unit. */
  readonly #seen = new Map<string, Seen>();

  private constructor(
    subjects: Subjects,
    draw: DrawWitness | null,
    echoed: Echoed,
    larger: readonly LargerKnown[] | null,
  ) {
    this.#subjects = subjects;
    this.#draw = draw;
    this.#echoed = echoed;
    this.#larger = larger;
  }

  /**
   * `draw`: null if no witness is wanted. What is known by `echoed` to show in a unit what the port
   * shows is not run there. `larger`: all larger units that reach the mutant, if they are known.
   */
  static async of(
    mutant: Mutant,
    system: Subjects['system'],
    draw: DrawWitness | null,
    echoed: Echoed = () => null,
    larger: readonly LargerKnown[] | null = null,
  ): Promise<Comparer> {
    const port = await loadSystem(mutant.era, null);
    return new Comparer({ mutant, system, port }, draw, echoed, larger);
  }

  /** Runs the mutant in a unit; what is seen there is kept for the comparison. */
  see(unit: Unit): Seen {
    const key = unitText(unitName(unit));
    let seen = this.#seen.get(key);
    if (seen === undefined || !seen.result.isComplete) {
      seen = see(this.#subjects.system, unit);
      this.#seen.set(key, seen);
    }
    return seen;
  }

  /**
   * Compares the mutant with the port in these units, which must reach it; and if it is equal in
   * all of them, in larger ones.
   */
  async compare(units: readonly Unit[]): Promise<Compared> {
    const known = this.#larger ?? (await unknownLarger(this.#subjects.mutant));
    // How a function answers is its own business, as long as others use its answers.
    const isUsed = known.length > 0 || units.some(isOfGuests);
    const { shown, compared } = this.#sorted(
      units.map((unit) => ({ unit, sight: this.#echoed(unit) })),
      isUsed,
    );
    // Single functions are tried on some values: a difference is one, but equality proves nothing.
    if (!isUsed) return { small: compared.filter(isDifferent), larger: [], same: [] };
    if (!compared.every(isProven)) return { small: compared, larger: [], same: shown };
    const { shown: more, compared: larger } = this.#sorted(known, true);
    return { small: compared, larger, same: [...shown, ...more] };
  }

  /** Units in which both are known to show the same, and those in which they are compared. */
  #sorted(
    units: readonly LargerKnown[],
    isFromOutside: boolean,
  ): { readonly shown: Shown[]; readonly compared: Comparison[] } {
    const { port } = this.#subjects;
    const shown = units.flatMap(({ unit, sight }): Shown[] =>
      sight === null ? [] : [{ unit, digest: isFromOutside ? sight.outside : sight.all }],
    );
    const compared = units.flatMap(({ unit, sight }): Comparison[] => {
      if (sight !== null) return [];
      const one = { unit, port: seenOfPort(port, unit), mutant: this.see(unit) };
      return [isFromOutside ? fromOutside(one) : one];
    });
    return {
      shown: shown.filter(({ digest }) => digest.count > 0),
      compared: compared.filter(isTelling),
    };
  }

  /** What the comparison means for a mutant that nothing kills. */
  proofOf(compared: Compared): Proof {
    return proofOf(compared, this.#subjects, this.#draw);
  }
}

/**
 * What a comparison means for a mutant that nothing kills. `draw`: null if no witness is wanted.
 */
export function proofOf(
  { small, larger, same }: Compared,
  subjects: Subjects,
  draw: DrawWitness | null,
): Proof {
  if (small.length + larger.length + same.length === 0) {
    return { verdict: 'survived', reason: UNTOLD, witness: null };
  }
  const lost = lostHits(small, same);
  if (lost !== null) {
    const witness = drawn(subjects, differenceOf(lost.shown, originalOf(subjects)), draw);
    return { verdict: 'lost-optimisation', reason: `${lost.cache} is never hit`, witness };
  }
  const differing = small.filter(isDifferent);
  if (differing.length > 0) return different(differing, '', subjects, draw);
  const flipped = larger.filter(isDifferent);
  if (flipped.length > 0) return different(flipped, `${FLIPPED}: `, subjects, draw);
  const open = [...small, ...larger].find((one) => !isDecided(one));
  if (open !== undefined) return undecided(open);
  const all = [...[...small, ...larger].map(shownOf), ...same];
  return { verdict: 'equivalent', reason: equalityText(all), witness: null };
}

function different(
  differing: readonly Comparison[],
  prefix: string,
  subjects: Subjects,
  draw: DrawWitness | null,
): Proof {
  const original = originalOf(subjects);
  const difference = differenceOf(differing, original);
  const { comparison, whose } = difference;
  const witness = drawn(subjects, difference, draw);
  const { outcome } = witness ?? difference;
  const mended = mendedText(differing);
  if (mended !== null) return { verdict: 'survived', reason: `${prefix}${mended}`, witness };
  const [it, other] = whose === 'mutant' ? ['the mutant', original] : [original, 'the mutant'];
  const where = `in ${unitText(unitName(comparison.unit))}`;
  const isSequence = comparison.unit.scenario.kind === 'sequential';
  const how = isSequence ? '' : `${it} ends as ${other} never does: `;
  return { verdict: 'survived', reason: `${prefix}${where} ${how}${outcome}`, witness };
}

function drawn(
  subjects: Subjects,
  difference: Difference,
  draw: DrawWitness | null,
): Witness | null {
  return draw === null ? null : witnessOf(subjects, difference, draw);
}

/** The larger units that reach a mutant of which nothing is known. */
async function unknownLarger(mutant: Mutant): Promise<LargerKnown[]> {
  return (await largerUnitsOf(mutant)).map((unit) => ({ unit, sight: null }));
}

/** What was compared. `larger` is empty if a smaller unit has given the answer. */
export interface Compared {
  readonly small: readonly Comparison[];
  readonly larger: readonly Comparison[];
  /** Where both are known to show the same. */
  readonly same: readonly Shown[];
}

function shownOf({ unit, port }: Comparison): Shown {
  return { unit, digest: digestOf(port.texts) };
}

/** A sequence that only asks for what is nobody's business outside tells nothing. */
export function isTelling({ port, mutant }: Comparison): boolean {
  return port.texts.length + mutant.texts.length > 0;
}

/** Is all tried there that guests and userspace do within some bound? */
function isOfGuests({ scenario }: Unit): boolean {
  return scenario.kind !== 'sequential' || scenario.exhausts !== undefined;
}

/** Without the answers of single functions. */
export function fromOutside({ unit, port, mutant }: Comparison): Comparison {
  const texts = ({ texts: all }: Seen) => all.filter(isOutside);
  return {
    unit,
    port: { ...port, texts: texts(port) },
    mutant: { ...mutant, texts: texts(mutant) },
  };
}

function isProven(one: Comparison): boolean {
  return isDecided(one) && isEqual(one);
}

/** If not all of the mutant was seen, what was seen may still be nothing that the port shows. */
function isDifferent(one: Comparison): boolean {
  if (isDecided(one)) return !isEqual(one);
  if (!one.port.result.isComplete) return false;
  const ofPort = new Set(one.port.texts);
  return one.mutant.texts.some((text) => !ofPort.has(text));
}

function undecided({ unit, mutant }: Comparison): Proof {
  const reason = `unknown: ${mutant.result.reason} in ${unitText(unitName(unit))}`;
  return { verdict: 'unknown', reason, witness: null };
}

interface Lost {
  readonly cache: string;
  /** Where the port hits, with nothing but that. */
  readonly shown: readonly Comparison[];
}

/** A cache that the port hits in some schedule, and the mutant in none. */
function lostHits(compared: readonly Comparison[], same: readonly Shown[]): Lost | null {
  const all = compared.filter(isDecided);
  for (const [hit, cache] of Object.entries(HITS) as [Hit, string][]) {
    const hits = (text: string) => isHit(hit, text);
    const ofPort = all.filter(({ port }) => port.texts.some(hits));
    const isMutantHit = all.some(({ mutant }) => mutant.texts.some(hits));
    const isHitInBoth = same.some(({ digest }) => digest.hits.includes(hit));
    if (ofPort.length === 0 || isMutantHit || isHitInBoth) continue;
    const shown = ofPort.map(({ unit, port, mutant }) => ({
      unit,
      port: { ...port, texts: port.texts.filter(hits) },
      mutant: { ...mutant, texts: [] },
    }));
    return { cache, shown };
  }
  return null;
}
