// SPDX-License-Identifier: GPL-2.0-only
// What does a reviewer send to the list? Plain text of 72 columns: the diff quoted as it was
// mailed, a question under the place, no line numbers, no verdict. A file or standard output
// gets it; sending it is for people.

import type { Hunk, HunkLine } from '../../patch/values.ts';
import { oneLine, visible } from '../../report/escapes.ts';
import { wrapText } from '../../report/texts.ts';
import { findingsOf, type ReviewFormat } from '../format.ts';
import type { PatchReview, Place, Row, Story } from '../values.ts';

const WIDTH = 72;
const CUT = ['', '[ ... ]', ''];
/** Lines of the hunk that are quoted before and behind the one in question. */
const [BEFORE, BEHIND] = [3, 1];

export const format: ReviewFormat = {
  name: 'reply',
  summary: 'a plain-text answer for the mailing list, to be read and sent by people',
  text: ({ patches }) => patches.flatMap(replyTo).join('\n\n'),
};

function replyTo(review: PatchReview): string[] {
  const asks = findingsOf(review);
  if (asks.length === 0) return [];
  const lines = [...head(review), ...asks.flatMap((row) => asked(row))];
  if (asks.some(({ story }) => story !== null)) {
    lines.push(
      'The sequence was found by exploring an executable model of',
      'these functions, not on hardware.',
      '',
    );
  }
  return [`${lines.join('\n').trimEnd()}\n`];
}

function head({ patch }: PatchReview): string[] {
  const [, day, date, month, year] = /^(\w{3}), +(\d{1,2}) (\w{3}) (\d{4})/.exec(patch.date) ?? [];
  const name = oneLine(patch.author)
    .replace(/\s*<[^>]*>$/, '')
    .replace(/^"|"$/g, '');
  const when = day === undefined ? '' : `On ${day}, ${month} ${date}, ${year}, `;
  const who = name === '' ? [] : [`${when}${name} wrote:`];
  const paragraph = patch.changelog.split('\n\n')[0] ?? '';
  const quoted = paragraph === '' ? [] : paragraph.split('\n').slice(0, 4).map(quote);
  return [...who, ...quoted, ...(quoted.length > 0 ? CUT : [])];
}

function asked({ place, question, evidence, story }: Row): string[] {
  const cited = evidence.filter(({ kind }) => kind === 'regression');
  return [
    ...(place === null ? [] : quotedPlace(place)),
    '',
    ...wrapText(oneLine(question ?? ''), WIDTH),
    '',
    ...(story === null ? [] : [...drawn(story), '']),
    ...cited.flatMap(({ text }) => [
      ...wrapText(`What went wrong before: ${oneLine(text)}`, WIDTH),
      '',
    ]),
  ];
}

/** The interleaving without its head and its schedule, which say nothing to others. */
function drawn({ mutant, table }: Story): string[] {
  const first = table.findIndex((line) => / \| /.test(line));
  const last = table.findIndex((line) => line.startsWith('replay: '));
  const lines = table.slice(Math.max(first, 0), last < 0 ? table.length : last);
  return [
    `A model of these functions, as in ${mutant.split('/')[0]} and with that bug, does this:`,
    '',
    ...lines.map((line) => line.trimEnd()),
  ];
}

/** The file, the function, and the lines around the place, as they were mailed. */
function quotedPlace({ path, function: name, hunk, text }: Place): string[] {
  const file = quote(`diff --git a/${path} b/${path}`);
  if (hunk === null) return [file];
  const at = hunk.lines.findIndex((line) => line.text === text && line.kind !== 'context');
  const from = Math.max(0, at - BEFORE);
  const shown = hunk.lines.slice(from, at + 1 + BEHIND);
  const cut = from > 0 ? CUT : [];
  const line = hunk.lines[at];
  return [
    file,
    ...CUT,
    quote(`@@ ${headingOf(hunk, name)}`),
    ...cut,
    ...shown.flatMap((one) => [
      quote(markOf(one) + one.text),
      ...(one === line ? [carets(one)] : []),
    ]),
  ];
}

/** Numbers of lines are of no use to readers of other trees. */
function headingOf({ heading }: Hunk, name: string | null): string {
  return name === null ? heading : `${name}()`;
}

function markOf({ kind }: HunkLine): string {
  return kind === 'added' ? '+' : kind === 'removed' ? '-' : ' ';
}

/** To the letter, tabs and spaces at the end included; what a terminal would obey is spelled. */
function quote(line: string): string {
  return line === '' ? '>' : `> ${visible(line)}`;
}

/** Marks under the code of a line, where tabs are as wide as in the line. */
function carets({ text }: HunkLine): string {
  const indent = /^\s*/.exec(text)![0];
  const width = Math.max(1, Math.min(visible(text.trim()).length, 60));
  return `   ${indent}${'^'.repeat(Math.min(width, 4))}`;
}
