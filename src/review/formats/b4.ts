// SPDX-License-Identifier: GPL-2.0-only
// What does `b4 review` read of a checker? A JSON array of results for one mail. A question is a
// warning, and so is what nobody can tell. Only a run on a tree passes or fails a patch.

import { oneLine, visible } from '../../report/escapes.ts';
import { TOOL } from '../../report/schema.ts';
import { type ReviewFormat, rowsOf, safeJson, toldOf } from '../format.ts';
import { HELD } from '../tree-rows.ts';
import type { PatchReview, Row } from '../values.ts';

export const format: ReviewFormat = {
  name: 'b4',
  summary: 'a JSON array for b4 review',
  text: ({ patches }) => safeJson(patches.flatMap(entriesOf)),
  failed: (message) => safeJson([entry('warn', `could not be analysed: ${message}`, '')]),
};

/** Any other word than these is read as a failure. */
type Status = 'pass' | 'warn' | 'fail';

function entry(status: Status, summary: string, details: string): object {
  return {
    tool: TOOL.name,
    status,
    summary: oneLine(summary),
    url: '',
    details: visible(details),
  };
}

function entriesOf(review: PatchReview): object[] {
  if (review.state === 'unread') {
    const [first = ''] = review.patch.problems;
    return [entry('warn', `could not be analysed: ${first}`, review.patch.problems.join('\n'))];
  }
  const told = toldOf(review).map((row) =>
    entry(row.word === 'FAIL' ? 'fail' : 'warn', `${row.name}: ${row.text}`, detailsOf(row)),
  );
  return told.length > 0 || !review.isRun ? told : passed(review);
}

/** What was run, and held: not that the patch is right. */
function passed(review: PatchReview): object[] {
  const held = rowsOf(review, 'ok').filter(({ text }) => text.startsWith(HELD));
  if (held.length === 0) return [];
  const names = held.map(({ name }) => name).join(', ');
  return [entry('pass', `nothing that was run differs with the patch: ${names}`, '')];
}

function detailsOf({ place, question, story }: Row): string {
  const line = place?.text ?? '';
  return [line, question ?? '', (story?.table ?? []).join('\n')]
    .filter((part) => part !== '')
    .join('\n\n');
}
