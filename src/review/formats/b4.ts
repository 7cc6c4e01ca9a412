// SPDX-License-Identifier: GPL-2.0-only
// What does `b4 review` read of a checker? A JSON array of results for one mail. Nothing was run,
// so that neither pass nor fail is ever said: a finding is a question, and a question is a warning.

import { oneLine, visible } from '../../report/escapes.ts';
import { TOOL } from '../../report/schema.ts';
import { findingsOf, type ReviewFormat, safeJson } from '../format.ts';
import type { PatchReview, Row } from '../values.ts';

export const format: ReviewFormat = {
  name: 'b4',
  summary: 'a JSON array for b4 review',
  text: ({ patches }) => safeJson(patches.flatMap(entriesOf)),
};

function entriesOf(review: PatchReview): object[] {
  const entry = (summary: string, details: string) => ({
    tool: TOOL.name,
    status: 'warn',
    summary: oneLine(summary),
    url: '',
    details: visible(details),
  });
  if (review.state === 'unread') {
    const [first = ''] = review.patch.problems;
    return [entry(`could not be analysed: ${first}`, review.patch.problems.join('\n'))];
  }
  return findingsOf(review).map((row) => entry(`${row.name}: ${row.text}`, detailsOf(row)));
}

function detailsOf({ place, question, story }: Row): string {
  const line = place?.text ?? '';
  return [line, question ?? '', (story?.table ?? []).join('\n')]
    .filter((part) => part !== '')
    .join('\n\n');
}
