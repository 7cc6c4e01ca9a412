// SPDX-License-Identifier: GPL-2.0-only
// What goes into a tracker or a merge request? A table of rows with words and evidence; boxes that
// only people can tick stay open.

import { markdownBlock, markdownCode, markdownText } from '../../report/escapes.ts';
import { TOOL } from '../../report/schema.ts';
import { countText } from '../../report/texts.ts';
import { findingsOf, type ReviewFormat, rowsOf, tagOf, titleOf } from '../format.ts';
import type { PatchReview, Row, Touched } from '../values.ts';

export const format: ReviewFormat = {
  name: 'markdown',
  summary: 'a checklist for a tracker or a merge request',
  text: ({ patches, notChecked }) =>
    [
      ...patches.flatMap(patchLines),
      `Not checked: ${markdownText(notChecked.join(', '))}.`,
      `${TOOL.name} ${TOOL.version}.`,
      '',
    ].join('\n'),
};

function patchLines(review: PatchReview): string[] {
  const title = markdownText(`${tagOf(review)}${titleOf(review)}`);
  const head = `## KVM memslot/MMIO review checklist: ${title}`;
  if (review.state === 'out of scope') return [head, '', 'Not in scope.', ''];
  if (review.state === 'cover') return [head, '', 'No diff.', ''];
  if (review.state === 'unread') {
    const problems = review.patch.problems.map((problem) => `- ${markdownText(problem)}`);
    return [head, '', '**Could not be analysed:**', '', ...problems, ''];
  }
  const asks = findingsOf(review);
  const found =
    asks.length === 0 ? 'Nothing to answer' : `${countText(asks.length, 'finding')} to answer`;
  const run = review.isRun ? 'The suites ran on the tree.' : 'Nothing was run.';
  return [
    head,
    '',
    `**${found}.** ${run} ${touchedText(review.touched)}`,
    '',
    '| | row | result | evidence |',
    '|---|---|---|---|',
    ...review.rows.filter(({ word }) => word !== 'human').map(tableRow),
    '',
    ...rowsOf(review, 'human').map(box),
    '',
    ...asks.flatMap(details),
  ];
}

function touchedText(touched: readonly Touched[]): string {
  const names = touched.map(({ kind, name }) => (kind === 'function' ? `${name}()` : name));
  return names.length === 0 ? '' : `Touches ${names.map(markdownCode).join(', ')}.`;
}

function tableRow({ word, name, text, evidence }: Row): string {
  const shown = evidence.slice(0, 3).map(({ id }) => markdownCode(id));
  const cells = [word === 'ask' ? 'ASK' : word, markdownCode(name), markdownText(text)];
  return `| ${[...cells, shown.join(', ')].join(' | ')} |`;
}

function box({ name, text }: Row): string {
  return `- [ ] ${markdownCode(name)}: ${markdownText(text)}`;
}

function details({ name, question, place, story }: Row): string[] {
  const quoted = place?.text == null ? [] : ['', markdownBlock(place.text.trim())];
  return [
    `${markdownCode(name)}: ${markdownText(question ?? '')}`,
    ...quoted,
    ...(story === null
      ? []
      : [
          '',
          '<details><summary>an interleaving</summary>',
          '',
          markdownBlock(story.table.join('\n')),
          '',
          '</details>',
        ]),
    '',
  ];
}
