// SPDX-License-Identifier: GPL-2.0-only
// How do sequences get into the machine and their answers out of it? A line of the job for each,
// and a record for each.

import type { Alphabet } from './alphabets.ts';
import { setupWords, wordOf } from './operations.ts';
import type { Paging } from './port-guest.ts';
import type { Sequence } from './sequences.ts';
import { about, type Recording } from './serial.ts';

export interface Batch {
  /** Names the batch's cases; letters, digits and dashes. */
  readonly id: string;
  readonly alphabet: Alphabet;
  readonly paging: Paging;
  readonly sequences: readonly Sequence[];
  /** Each on a VM of its own, or each on one that is made like new. */
  readonly isFresh?: boolean;
  readonly isTraced?: boolean;
}

/** The lines of a job for a batch. */
export function linesOf({ id, alphabet, paging, sequences, isFresh, isTraced }: Batch): string[] {
  const kind = `${paging === 'nested guest' ? 'nested' : 'plain'}${isFresh === true ? '!' : ''}`;
  const setup = setupWords(alphabet.setup).join(' ');
  const command = isTraced === true ? 'traced' : 'case';
  return sequences.map(({ steps }, i) => {
    const words = steps.map(({ operation }) => wordOf(operation)).join(' ');
    return `${command} ${id}.${i} ${kind} ${setup} ${words}`;
  });
}

/** What the probe told of each sequence, without what it told of the setup; null if nothing. */
export function tokensOf(
  { id, alphabet, sequences }: Batch,
  recording: Recording,
): (readonly string[] | null)[] {
  const byId = new Map(about(recording, 'case').map(([name, ...tokens]) => [name, tokens]));
  const skipped = setupWords(alphabet.setup).length;
  return sequences.map((_, i) => byId.get(`${id}.${i}`)?.slice(skipped) ?? null);
}

/** Does the processor need nested paging for it? */
export function needsNpt(paging: Paging): boolean {
  return paging !== 'shadow paging';
}
