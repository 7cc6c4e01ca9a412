// SPDX-License-Identifier: GPL-2.0-only
// What does a maintainer see in a terminal? One screen, the questions first, understood without
// colours; nothing where nothing has to be said and -q is given.

import { oneLine } from '../../report/escapes.ts';
import { countText, wrapText } from '../../report/texts.ts';
import {
  countsOf,
  type FormatOptions,
  type ReviewFormat,
  rowsOf,
  tagOf,
  titleOf,
} from '../format.ts';
import type { PatchReview, Review, Row, Touched } from '../values.ts';

const WIDTH = 80;
/** Columns before the text of a row: its word and its name. */
const HEAD = 2 + 7 + 25;

export const format: ReviewFormat = {
  name: 'text',
  summary: 'a screen for people',
  text: (review, options) => {
    const shown = review.patches.filter((patch) => !options.isQuiet || isTold(patch));
    if (options.isQuiet && shown.length === 0) return '';
    const patches = shown.flatMap((patch) => [...patchLines(patch, options), '']);
    const notChecked = wrapText(`Not checked: ${review.notChecked.join(', ')}.`, WIDTH);
    return `${[...patches, ...notChecked, countLine(review)].join('\n')}\n`;
  },
};

/** What -q does not leave out. */
const SHOUTED: readonly Row['word'][] = ['FAIL', 'ask', 'unknown'];

function isTold({ state, rows }: PatchReview): boolean {
  return state === 'unread' || rows.some(({ word }) => SHOUTED.includes(word));
}

function countLine(review: Review): string {
  const { asks, violations, unknown, unread, outOfScope } = countsOf(review);
  return [
    ...(violations > 0 ? [countText(violations, 'new violation')] : []),
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
    asks === 0 ? 'nothing to answer' : `${countText(asks, 'finding')} to answer`,
    ...(unread > 0 ? [`${countText(unread, 'patch', 'patches')} could not be analysed`] : []),
    ...(outOfScope > 0 ? [`${outOfScope} not in scope`] : []),
  ].join(', ');
}

function patchLines(review: PatchReview, options: FormatOptions): string[] {
  const title = wrapText(oneLine(`${tagOf(review)}${titleOf(review)}`), WIDTH - 4);
  const head = title.map((line, i) => (i === 0 ? line : `    ${line}`));
  const say = (text: string) => [...head, `  ${text}`];
  if (review.state === 'out of scope') return say('not in scope: nothing about memslots or MMIO');
  if (review.state === 'cover') return say('no diff');
  if (review.state === 'unread') {
    const problems = review.patch.problems.flatMap((problem) => indented(oneLine(problem), 10));
    return [...head, '  COULD NOT be analysed:', ...problems];
  }
  return [...head, ...touchedLines(review.touched), ...rowLines(review, options)];
}

function touchedLines(touched: readonly Touched[]): string[] {
  const names = touched.map(({ kind, name, isGuessed, nature }) => {
    const called = kind === 'function' ? `${name}()` : kind === 'struct' ? `struct ${name}` : name;
    const how = nature === 'code' ? '' : ` (${nature})`;
    return `${called}${isGuessed ? '?' : ''}${how}`;
  });
  const eras = [...new Set(touched.flatMap(({ era }) => era ?? []))];
  const port = eras.length === 0 ? 'no port has it' : `as in ${eras.join(', ')}`;
  if (names.length === 0) return [];
  return indented(`touches ${oneLine(names.join(', '))}: ${port}`, 2);
}

function rowLines(review: PatchReview, { isVerbose }: FormatOptions): string[] {
  const rows = isVerbose
    ? review.rows
    : [...review.rows.filter(({ word }) => SHOUTED.includes(word)), ...summedUp(review)];
  const told = rows.find(({ story }) => story !== null);
  return rows.flatMap((row) => [
    ...rowText(row),
    ...(row.word === 'ask' || row.word === 'FAIL'
      ? evidenceLines(isVerbose || row === told ? row : { ...row, story: null }, isVerbose)
      : []),
  ]);
}

/** What is weak in one line, risks in one, matters of form and boxes as they are. */
function summedUp(review: PatchReview): Row[] {
  const notes = rowsOf(review, 'note');
  return [
    ...briefly(review, 'weak'),
    ...briefly(review, 'risk'),
    ...notes,
    ...rowsOf(review, 'human'),
  ];
}

function briefly(review: PatchReview, word: Row['word']): Row[] {
  const rows = rowsOf(review, word);
  const names = rows.slice(0, 4).map(({ name }) => name);
  const more = rows.length > 4 ? `, ${rows.length - 4} more (-v)` : '';
  return rows.length === 0 ? [] : [plain(word, '', `${names.join(', ')}${more}`)];
}

function plain(word: Row['word'], name: string, text: string): Row {
  return { word, name, text, question: null, place: null, evidence: [], story: null };
}

function rowText({ word, name, text }: Row): string[] {
  const shown = word === 'ask' ? 'ASK' : word;
  const head = `  ${shown.padEnd(7)}${name === '' ? '' : `${name} `.padEnd(25)}`;
  const indent = name === '' ? 9 : HEAD;
  const lines = wrapText(oneLine(text), WIDTH - indent);
  return lines.map((line, i) => `${i === 0 ? head : ' '.repeat(indent)}${line}`);
}

function evidenceLines({ place, question, evidence, story }: Row, isVerbose: boolean): string[] {
  const line = place?.text?.trim() ?? '';
  return [
    ...(line === '' ? [] : indented(oneLine(line).slice(0, 200), HEAD)),
    ...(isVerbose && question !== null ? indented(oneLine(question), HEAD) : []),
    ...(isVerbose
      ? evidence.flatMap(({ id, text }) => indented(`${id}: ${oneLine(text)}`, HEAD))
      : []),
    ...(story === null ? [] : ['', ...story.table.map((row) => `    ${row}`.trimEnd()), '']),
  ];
}

function indented(text: string, indent: number): string[] {
  return wrapText(text, WIDTH - indent).map((line) => `${' '.repeat(indent)}${line}`);
}
