// SPDX-License-Identifier: GPL-2.0-only
// What does b4 read of a checker? One line a finding, as checkpatch.pl --terse prints it, and
// nothing at all where nothing is wrong.

import { oneLine } from '../../report/escapes.ts';
import { findingsOf, type ReviewFormat } from '../format.ts';
import type { PatchReview, Row } from '../values.ts';

export const format: ReviewFormat = {
  name: 'terse',
  summary: 'one line a finding, as checkpatch.pl --terse prints it, for b4',
  text: ({ patches }) =>
    patches
      .flatMap(linesOf)
      .map((line) => `${line}\n`)
      .join(''),
};

function linesOf(review: PatchReview): string[] {
  if (review.state === 'unread') {
    return review.patch.problems.map((problem) => `-:0: ERROR: ${oneLine(problem)}`);
  }
  return findingsOf(review).map(line);
}

function line({ place, name, text }: Row): string {
  const where = `${oneLine(place?.path ?? '-').replaceAll(':', '?')}:${place?.line ?? 0}`;
  return `${where}: WARNING: ${name}: ${oneLine(text)}`;
}
