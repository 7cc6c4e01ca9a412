// SPDX-License-Identifier: GPL-2.0-only
// What is a format of reviews? A function from the values of a review to a text, which asks nobody
// else: one file of formats/ is one format.

import { modulesOf } from '#lab/modules';
import { jsonText } from '../report/schema.ts';
import type { PatchReview, Review, Row } from './values.ts';

export interface FormatOptions {
  /** Say nothing where nothing has to be answered. */
  readonly isQuiet: boolean;
  /** Show rows that others are summed up in. */
  readonly isVerbose: boolean;
}

/** A file of formats/ exports one as `format`. */
export interface ReviewFormat {
  /** What follows --format. */
  readonly name: string;
  /** Who reads it, in a few words. */
  readonly summary: string;
  /** Ends with a line end unless it is empty. Holds nothing that a terminal obeys. */
  readonly text: (review: Review, options: FormatOptions) => string;
  /**
   * For those that are read by programs which take an error message for something else: what stands
   * in place of a review if nothing could be analysed. Not there: standard error says it.
   */
  readonly failed?: (message: string) => string;
}

/** All formats, sorted by name. */
export function loadReviewFormats(): Promise<ReviewFormat[]> {
  return modulesOf<ReviewFormat>(new URL('./formats/', import.meta.url), 'format');
}

/** `[PATCH v2 1/3]`, as it was mailed; empty for a bare diff. */
export function tagOf({ patch: { numbering, isMail } }: PatchReview): string {
  if (numbering === null) return isMail ? '[PATCH] ' : '';
  const { version, index, of } = numbering;
  const words = ['PATCH', ...(version > 1 ? [`v${version}`] : [])];
  return `[${[...words, ...(of > 1 ? [`${index}/${of}`] : [])].join(' ')}] `;
}

/** What a patch is called: its subject, or where it was read. */
export function titleOf({ patch }: PatchReview): string {
  return patch.subject === '' ? patch.source : patch.subject;
}

export function rowsOf({ rows }: PatchReview, word: Row['word']): readonly Row[] {
  return rows.filter((row) => row.word === word);
}

/** Rows that need an answer: what fails, and what is asked. */
export function findingsOf({ rows }: PatchReview): readonly Row[] {
  return rows.filter(({ word }) => word === 'FAIL' || word === 'ask');
}

/** What other programs are told: findings, what gave no answer, and once what holds only weakly. */
export function toldOf(review: PatchReview): readonly Row[] {
  const told = review.rows.filter(({ word }) => TOLD.includes(word));
  return [...told, ...weakOf(review)];
}

const TOLD: readonly Row['word'][] = ['FAIL', 'ask', 'unknown'];

/** One row for all rules that hold weakly, since the same mutants live for all of them. */
function weakOf(review: PatchReview): Row[] {
  const weak = rowsOf(review, 'weak');
  const [first] = weak;
  if (first === undefined) return [];
  const mutants = first.evidence.map(({ text }) => text).join('; ');
  const rules = weak.map(({ name }) => name).join(', ');
  return [
    { ...first, name: 'mutants', text: `nothing that was run notices ${mutants} (${rules})` },
  ];
}

/** What a program counts. */
export function countsOf({ patches }: Review) {
  const count = (word: Row['word']) => patches.flatMap((patch) => rowsOf(patch, word)).length;
  const [asks, violations, unknown] = [count('ask'), count('FAIL'), count('unknown')];
  const unread = patches.filter(({ state }) => state === 'unread').length;
  const reviewed = patches.filter(({ state }) => state === 'reviewed').length;
  const outOfScope = patches.filter(({ state }) => state === 'out of scope').length;
  return { violations, asks, unknown, unread, reviewed, outOfScope };
}

/** JSON in which nothing is left that a terminal obeys, and that reads as the same values. */
export function safeJson(document: object): string {
  return jsonText(document).replace(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
