// SPDX-License-Identifier: GPL-2.0-only
// What does a program read? All rows with their places and evidence, in a versioned document.

import { schemaOf, TOOL } from '../../report/schema.ts';
import { countsOf, type ReviewFormat, safeJson, titleOf } from '../format.ts';
import type { PatchReview, Row } from '../values.ts';

export const format: ReviewFormat = {
  name: 'json',
  summary: 'a versioned document for programs',
  text: (review) =>
    safeJson({
      schema: schemaOf('review'),
      tool: TOOL,
      counts: countsOf(review),
      patches: review.patches.map(patchEntry),
      notChecked: review.notChecked,
    }),
};

function patchEntry(review: PatchReview): object {
  const { patch, state, touched, mends, rows } = review;
  const { source, messageId, numbering, baseCommit, problems } = patch;
  return {
    subject: titleOf(review),
    source,
    messageId,
    numbering,
    baseCommit,
    state,
    problems,
    touched,
    mends: mends.map(({ name }) => name),
    rows: rows.map(rowEntry),
  };
}

function rowEntry({ word, name, text, question, place, evidence, story }: Row): object {
  return {
    word,
    name,
    text,
    ...(question === null ? {} : { question }),
    ...(place === null
      ? {}
      : {
          place: { path: place.path, function: place.function, line: place.line, text: place.text },
        }),
    evidence,
    ...(story === null ? {} : { story }),
  };
}
