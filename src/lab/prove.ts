// SPDX-License-Identifier: GPL-2.0-only
// Is a mutant that nothing kills the same as the port, or has nobody asked the right question?
// Small units first; what is equal in all of them is compared again in larger ones, with other
// numbers to start from. A difference is shown by a schedule, equality by the bounds within which
// it holds.

import type { Mutant } from '#mutation/mutant';
import {
  type Comparison,
  isDecided,
  isEqual,
  largerUnitsOf,
  type Seen,
  see,
  seenOfPort,
} from './compare.ts';
import { equalityText } from './equality-text.ts';
import { mendedText } from './mended.ts';
import { INTERNAL } from './suites.ts';
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

/** Hits of a cache, as the accesses of a schedule name them. */
const HITS = { 'mmio-spte': 'the SPTE', 'mmio-vcpu': 'the cache of the vCPU' } as const;

/** Does the mutant, if it is observed, do in a unit what the port does there? */
type IsEcho = (unit: Unit) => boolean;

/** Compares one mutant with its port. */
export class Comparer {
  readonly #subjects: Subjects;
  readonly #draw: DrawWitness | null;
  readonly #isEcho: IsEcho;
  /** What was seen of the mutant, by unit. */
  readonly #seen = new Map<string, Seen>();

  private constructor(subjects: Subjects, draw: DrawWitness | null, isEcho: IsEcho) {
    this.#subjects = subjects;
    this.#draw = draw;
    this.#isEcho = isEcho;
  }

  /**
   * `draw`: null if no witness is wanted. `isEcho`: what is known to show in a unit what the port
   * shows is not run there.
   */
  static async of(
    mutant: Mutant,
    system: Subjects['system'],
    draw: DrawWitness | null,
    isEcho: IsEcho = () => false,
  ): Promise<Comparer> {
    const port = await loadSystem(mutant.era, null);
    return new Comparer({ mutant, system, port }, draw, isEcho);
  }

  /** Runs the mutant in a unit; what is seen there is kept for the comparison. */
  see(unit: Unit): Seen {
    const key = unitText(unitName(unit));
    let seen = this.#seen.get(key);
    if (seen === undefined || !seen.result.isComplete) {
      const { port, system } = this.#subjects;
      seen = this.#isEcho(unit) ? seenOfPort(port, unit) : see(system, unit);
      this.#seen.set(key, seen);
    }
    return seen;
  }

  /**
   * Compares the mutant with the port in these units, which must reach it; and if it is equal in
   * all of them, in larger ones.
   */
  async compare(units: readonly Unit[]): Promise<Compared> {
    const { mutant, port } = this.#subjects;
    const all = units.map((unit): Comparison => {
      return { unit, port: seenOfPort(port, unit), mutant: this.see(unit) };
    });
    const known = await largerUnitsOf(mutant);
    // How a function answers is its own business, as long as others use its answers.
    const isUsed = known.length > 0 || units.some(isOfGuests);
    const small = (isUsed ? all.map(fromOutside) : all).filter(isTelling);
    // Single functions are tried on some values: a difference is one, but equality proves nothing.
    if (!isUsed) return { small: small.filter(isDifferent), larger: [] };
    if (!small.every(isProven)) return { small, larger: [] };
    const larger = known.map(({ unit, port }) => ({
      unit,
      port,
      mutant: this.see(unit),
    }));
    return { small, larger: larger.filter(isTelling) };
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
  { small, larger }: Compared,
  subjects: Subjects,
  draw: DrawWitness | null,
): Proof {
  if (small.length + larger.length === 0) {
    return { verdict: 'survived', reason: UNTOLD, witness: null };
  }
  const lost = lostHits(small);
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
  return { verdict: 'equivalent', reason: equalityText([...small, ...larger]), witness: null };
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

/** What was compared. `larger` is empty if a smaller unit has given the answer. */
export interface Compared {
  readonly small: readonly Comparison[];
  readonly larger: readonly Comparison[];
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
  const texts = ({ texts: all }: Seen) => all.filter((text) => !text.startsWith(INTERNAL));
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
function lostHits(compared: readonly Comparison[]): Lost | null {
  const all = compared.filter(isDecided);
  for (const [hit, cache] of Object.entries(HITS)) {
    const isHit = (text: string) =>
      text.includes(`{ kind ${hit},`) || new RegExp(`"did [^"]*${hit}`).test(text);
    const ofPort = all.filter(({ port }) => port.texts.some(isHit));
    if (ofPort.length === 0 || all.some(({ mutant }) => mutant.texts.some(isHit))) continue;
    const shown = ofPort.map(({ unit, port, mutant }) => ({
      unit,
      port: { ...port, texts: port.texts.filter(isHit) },
      mutant: { ...mutant, texts: [] },
    }));
    return { cache, shown };
  }
  return null;
}
