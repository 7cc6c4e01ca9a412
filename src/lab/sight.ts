// SPDX-License-Identifier: GPL-2.0-only
// What must be known of what a port shows in a unit, to say of a mutant that it shows the same? How
// much there was to see, and a hash of it. So nobody has to run the port again to say so.

import { createHash } from 'node:crypto';
import { INTERNAL } from './suites.ts';
import type { Unit, UnitResult } from './unit.ts';

/** Hits of a cache, as the accesses of a schedule name them. */
export const HITS = { 'mmio-spte': 'the SPTE', 'mmio-vcpu': 'the cache of the vCPU' } as const;

export type Hit = keyof typeof HITS;

/** What was seen of one system in one unit. */
export interface Seen {
  readonly result: UnitResult;
  /** Of an interleaving: one for each end that differs to an outsider. Of a sequence: its calls. */
  readonly texts: readonly string[];
}

/** The texts that something is seen by, in short. */
export interface Digest {
  readonly count: number;
  /** SHA-256, in hex. */
  readonly hash: string;
  readonly hits: readonly Hit[];
}

/** What was seen of a port in a unit that was explored to its end, in short. */
export interface Sight {
  readonly result: UnitResult;
  readonly all: Digest;
  /** Without the answers of single functions. */
  readonly outside: Digest;
}

/** A unit, and what is to be seen there. */
export interface Shown {
  readonly unit: Unit;
  readonly digest: Digest;
}

export function sightOf({ result, texts }: Seen): Sight {
  const outside = texts.filter(isOutside);
  const all = digestOf(texts);
  return { result, all, outside: outside.length === texts.length ? all : digestOf(outside) };
}

/** Can a guest or userspace see it? */
export function isOutside(text: string): boolean {
  return !text.startsWith(INTERNAL);
}

/** Is it a hit of this cache, or has one in it? */
export function isHit(hit: Hit, text: string): boolean {
  return text.includes(`{ kind ${hit},`) || new RegExp(`"did [^"]*${hit}`).test(text);
}

export function digestOf(texts: readonly string[]): Digest {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\n');
  const hits = (Object.keys(HITS) as Hit[]).filter((hit) => texts.some((text) => isHit(hit, text)));
  return { count: texts.length, hash: hash.digest('hex'), hits };
}
