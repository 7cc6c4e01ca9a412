// SPDX-License-Identifier: GPL-2.0-only
// What was a unit asked about, and by an earlier run too? To ask is dear, and who is asked about
// has no verdict for long. So what a unit says is kept as soon as it is known: about each mutant by
// the hash of its edits, and what the port shows there once.

import { createHash } from 'node:crypto';
import { deflateSync, inflateSync } from 'node:zlib';
import type { Edited } from '#mutation/edits';
import { decode, encode } from './codec.ts';
import type { Echoes } from './echo.ts';
import type { Seen } from './sight.ts';
import type { Task } from './task.ts';

/** What one unit has said about mutants; lists in one order, of zeros and ones. */
export interface AskedRecord {
  /** Hashes of edits, in hexadecimal digits. */
  readonly edits: readonly string[];
  readonly isEcho: Uint8Array;
  readonly isReached: Uint8Array;
  readonly seen: Seen | null;
}

/** A record as it is kept: what a port shows is long, and much of it is said again and again. */
export interface PackedRecord extends Omit<AskedRecord, 'seen'> {
  readonly seen: Uint8Array | null;
}

export function packedRecord({ seen, ...rest }: AskedRecord): PackedRecord {
  return { ...rest, seen: seen === null ? null : new Uint8Array(deflateSync(encode(seen))) };
}

export function unpackedRecord({ seen, ...rest }: PackedRecord): AskedRecord {
  if (seen === null) return { ...rest, seen };
  return { ...rest, seen: decode(inflateSync(seen).toString('utf8')) as Seen };
}

/** What was found out before, and who is told what is found out now. */
export interface Keeper {
  /** Undefined if the unit of this task was never asked. */
  readonly asked: (task: Task) => AskedRecord | undefined;
  readonly keep: (task: Task, record: AskedRecord) => void;
}

/** A unit that is to be asked, with what it has said before. */
export interface Open {
  readonly task: Task;
  readonly before: AskedRecord | undefined;
  /** The task, with those suspects only of whom it has said nothing; null if there are none. */
  readonly left: Task | null;
}

/** What is left to ask. `task`: with suspects. */
export function openOf(task: Task, keeper: Keeper): Open {
  const before = keeper.asked(task);
  if (before === undefined) return { task, before, left: task };
  const known = new Set(before.edits);
  const suspects = task.suspects!.filter((mutant) => !known.has(hashOf(mutant)));
  return { task, before, left: suspects.length === 0 ? null : { ...task, suspects } };
}

/**
 * What the unit has said in all. `found`: the answer to what was left. Null if there should be one
 * and is none: of some suspects nothing is known then.
 */
export function merged({ before, left }: Open, found: Echoes | null): AskedRecord | null {
  if (left === null) return before ?? null;
  if (found === null) return null;
  const edits = left.suspects!.map(hashOf);
  if (before === undefined) return { edits, ...found };
  return {
    edits: [...before.edits, ...edits],
    isEcho: joined(before.isEcho, found.isEcho),
    isReached: joined(before.isReached, found.isReached),
    seen: found.seen,
  };
}

/** What was said about the suspects of a task, in their order. */
export function echoesIn({ edits, isEcho, isReached, seen }: AskedRecord, task: Task): Echoes {
  const places = new Map(edits.map((hash, place) => [hash, place]));
  const own = task.suspects!.map((mutant) => places.get(hashOf(mutant))!);
  const pick = (list: Uint8Array) => Uint8Array.from(own, (place) => list[place]!);
  return { isEcho: pick(isEcho), isReached: pick(isReached), seen };
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  return Uint8Array.from([...a, ...b]);
}

const hashes = new WeakMap<Edited['edits'], string>();

function hashOf({ edits }: Edited): string {
  let hash = hashes.get(edits);
  if (hash === undefined) {
    hash = createHash('sha256').update(encode(edits)).digest('hex').slice(0, 32);
    hashes.set(edits, hash);
  }
  return hash;
}
