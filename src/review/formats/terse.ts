// SPDX-License-Identifier: GPL-2.0-only
// What does b4 read of a checker? One line a finding, as checkpatch.pl --terse prints it, and
// nothing at all where nothing is wrong. b4 fails a patch for ERROR, and warns for the others.

import { oneLine } from '../../report/escapes.ts';
import { type ReviewFormat, toldOf } from '../format.ts';
import type { PatchReview, Row } from '../values.ts';

export const format: ReviewFormat = {
  name: 'terse',
  summary: 'one line a finding, as checkpatch.pl --terse prints it, for b4',
  text: ({ patches }) =>
    patches
      .flatMap(linesOf)
      .map((line) => `${line}\n`)
      .join(''),
  failed: (message) => `-:0: ERROR: ${oneLine(message)}\n`,
};

function linesOf(review: PatchReview): string[] {
  if (review.state === 'unread') {
    return review.patch.problems.map((problem) => `-:0: ERROR: ${oneLine(problem)}`);
  }
  return toldOf(review).map(line);
}

/** No answer is no pass, so it is an error as well. */
const LEVELS: Partial<Record<Row['word'], string>> = {
  FAIL: 'ERROR',
  unknown: 'ERROR',
  weak: 'CHECK',
};

function line({ word, place, name, text }: Row): string {
  const where = `${oneLine(place?.path ?? '-').replaceAll(':', '?')}:${place?.line ?? 0}`;
  return `${where}: ${LEVELS[word] ?? 'WARNING'}: ${name}: ${oneLine(text)}`;
}
