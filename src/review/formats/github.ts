// SPDX-License-Identifier: GPL-2.0-only
// What does a GitHub workflow show beside a diff? Annotations, each a command on a line.

import { oneLine } from '../../report/escapes.ts';
import { type ReviewFormat, toldOf } from '../format.ts';
import type { PatchReview, Row } from '../values.ts';

export const format: ReviewFormat = {
  name: 'github',
  summary: 'annotations of a GitHub workflow',
  text: ({ patches }) =>
    patches
      .flatMap(linesOf)
      .map((line) => `${line}\n`)
      .join(''),
};

function linesOf(review: PatchReview): string[] {
  if (review.state === 'unread') {
    return review.patch.problems.map(
      (problem) => `::error title=kvm-mutants::${message(`could not be analysed: ${problem}`)}`,
    );
  }
  return toldOf(review).map(annotation);
}

const LEVELS: Partial<Record<Row['word'], string>> = {
  FAIL: 'error',
  unknown: 'error',
  weak: 'notice',
};

function annotation({ word, place, name, text, question }: Row): string {
  const where = [
    ...(place === null ? [] : [`file=${property(place.path)}`]),
    ...(place?.line == null ? [] : [`line=${place.line}`]),
    `title=${property(name)}`,
  ].join(',');
  return `::${LEVELS[word] ?? 'warning'} ${where}::${message(`${text}. ${question ?? ''}`)}`;
}

function message(text: string): string {
  return oneLine(text).replaceAll('%', '%25');
}

/** The value of a property, which ends at a comma or at two colons. */
function property(text: string): string {
  return message(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
