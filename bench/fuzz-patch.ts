// SPDX-License-Identifier: GPL-2.0-only
// Do thousands of hostile mails and diffs break anything? Fixed seeds, so that a failure comes
// again; what takes longest is told, since a hang is a failure too.

import * as fc from 'fast-check';
import { knowledge } from '../src/cli/review-knowledge.ts';
import { loadReviewFormats } from '../src/review/format.ts';
import { anyPatch, tryPatch } from '../src/review/fuzz.ts';

const SLOW_MS = 10_000;

/** Tries `count` inputs; returns how many failed. */
export async function fuzzPatch(count: number, print: (text: string) => void): Promise<number> {
  const known = await knowledge();
  const formats = await loadReviewFormats();
  const totals = { patches: 0, refused: 0, bytes: 0, failed: 0 };
  let slowest = 0;
  const inputs = fc.sample(anyPatch, { seed: 20261122, numRuns: count });
  inputs.forEach((bytes, i) => {
    const start = performance.now();
    try {
      const patches = tryPatch(bytes, known, formats);
      totals.patches += patches;
      totals.refused += patches === 0 ? 1 : 0;
    } catch (error) {
      totals.failed++;
      print(`input ${i}: ${(error as Error).stack}\n${JSON.stringify(ofBytes(bytes))}`);
    }
    totals.bytes += bytes.length;
    const took = performance.now() - start;
    if (took > SLOW_MS) totals.failed++;
    slowest = Math.max(slowest, took);
  });
  const { patches, refused, bytes, failed } = totals;
  print(
    `${count} inputs, ${bytes} bytes, ${patches} patches, ${refused} refused, ${failed} failed; ` +
      `the slowest took ${Math.round(slowest)} ms`,
  );
  return failed;
}

const ofBytes = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
