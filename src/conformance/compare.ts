// SPDX-License-Identifier: GPL-2.0-only
// Do model and kernel see the same? Step by step, each against the other and both against what is
// right. After the first step in which they differ they may stand elsewhere: what follows it is not
// compared.

import { type Seen, seenOf } from './operations.ts';
import type { Sequence } from './sequences.ts';

/** A step of a sequence that is worth telling: the word up to it, and what was seen there. */
export interface Told {
  readonly word: string;
  readonly port: Seen;
  readonly kernel: Seen;
  readonly allowed: readonly Seen[];
}

export interface Comparison {
  readonly sequences: number;
  /** Operations of which both say the same, and the accesses among them. */
  readonly agreed: number;
  readonly accesses: number;
  /** Steps that were not compared, because a step before them differed or the guest ended. */
  readonly notCompared: number;
  /** Both see what is not right, and the same: the model's claim about the kernel holds. */
  readonly confirmed: readonly Told[];
  /** They differ, and both are right: the processor may have kept what was flushed, or not. */
  readonly either: readonly Told[];
  /** The kernel is right where the model is not. */
  readonly mended: readonly Told[];
  /** They differ, and the kernel is not right: the model does not know why. */
  readonly unexplained: readonly Told[];
  /** The kernel's answer is missing. */
  readonly unknown: readonly string[];
}

type Kind = 'agreed' | 'confirmed' | 'either' | 'mended' | 'unexplained';

/** What one answer of the kernel means. */
export function kindOf(port: Seen, kernel: Seen, allowed: readonly Seen[]): Kind {
  const isRight = allowed.includes(kernel);
  if (port === kernel) return isRight ? 'agreed' : 'confirmed';
  if (!isRight) return 'unexplained';
  return allowed.includes(port) ? 'either' : 'mended';
}

/** Compares each sequence with the tokens that the probe told of it, in the same order. */
export function compare(
  sequences: readonly Sequence[],
  tokens: readonly (readonly string[] | null)[],
): Comparison {
  const told: Record<Kind, Told[]> = {
    agreed: [],
    confirmed: [],
    either: [],
    mended: [],
    unexplained: [],
  };
  const unknown: string[] = [];
  const counts = { agreed: 0, accesses: 0, notCompared: 0 };
  sequences.forEach(({ word, steps }, i) => {
    for (const [at, { operation, port, allowed }] of steps.entries()) {
      const kernel = seenOf(tokens[i]?.[at] ?? '');
      if (kernel === null) {
        unknown.push(word.slice(0, at + 1));
        counts.notCompared += steps.length - at;
        return;
      }
      const kind = kindOf(port, kernel, allowed);
      if (kind !== 'agreed')
        told[kind].push({ word: word.slice(0, at + 1), port, kernel, allowed });
      if (port === kernel) {
        counts.agreed++;
        if (operation.kind === 'access') counts.accesses++;
      } else {
        counts.notCompared += steps.length - at - 1;
        return;
      }
    }
  });
  const { confirmed, either, mended, unexplained } = told;
  return {
    sequences: sequences.length,
    ...counts,
    confirmed,
    either,
    mended,
    unexplained,
    unknown,
  };
}

/** Each once, the shortest first. */
export function shortest<T extends { readonly word: string }>(told: readonly T[]): T[] {
  const byWord = new Map(told.map((one) => [one.word, one]));
  return [...byWord.values()].sort(
    (a, b) => a.word.length - b.word.length || (a.word < b.word ? -1 : 1),
  );
}
