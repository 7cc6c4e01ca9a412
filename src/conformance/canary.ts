// SPDX-License-Identifier: GPL-2.0-only
// Would a wrong model be noticed? One that takes every page for a device that ever was one must be
// unlike the kernel; if it is not, then no agreement means anything.

import { type Batch, tokensOf } from './cases.ts';
import { compare } from './compare.ts';
import { FAULT, type Seen } from './operations.ts';
import type { Sequence } from './sequences.ts';
import type { Recording } from './serial.ts';

/** Is a model whose caches never end told from the kernel by the sequences of the batch? */
export function isCanaryNoticed(batch: Batch, recording: Recording): boolean {
  const sequences = batch.sequences.map(neverForgetting);
  const { either, mended, unexplained } = compare(sequences, tokensOf(batch, recording));
  return either.length + mended.length + unexplained.length > 0;
}

function neverForgetting({ word, steps }: Sequence): Sequence {
  const known = new Map<number, Seen>();
  return {
    word,
    steps: steps.map((step) => {
      const { operation, port } = step;
      if (operation.kind !== 'access' || port === FAULT) return step;
      const before = known.get(operation.page) ?? port;
      if (before.startsWith('MMIO')) known.set(operation.page, before);
      return { ...step, port: before };
    }),
  };
}
