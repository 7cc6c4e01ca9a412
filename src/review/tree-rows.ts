// SPDX-License-Identifier: GPL-2.0-only
// How do answers of a tree become rows? What the patch broke is a FAIL, what it mended and what
// holds before and after is ok within the bounds, and what nobody can tell is unknown:
// never a pass.

import type { TouchedMutants } from '#lab/tree/touched-mutants';
import { type MergedFile, mergedText } from '../patch/apply.ts';
import type { Evidence, PatchReview, Row } from './values.ts';

export type TreeAnswer =
  /** The patched tree cannot be analysed. */
  | { readonly problem: string }
  | {
      readonly changes: readonly {
        readonly invariant: string;
        readonly effect: 'fixes' | 'regression' | 'unchanged' | 'present before' | 'cannot tell';
        /** Units that differ, or that nobody can tell of. */
        readonly runs: readonly string[];
      }[];
      /** Functions that run and differ. */
      readonly functions: readonly string[];
      readonly runs: number;
      /** Runs with an answer, after the patch. */
      readonly answered: number;
      readonly storyOf: (invariant: string) => Row['story'];
    };

const ORDER: readonly Row['word'][] = [
  'FAIL',
  'ask',
  'unknown',
  'weak',
  'risk',
  'note',
  'human',
  'ok',
];

/** How the text of a row begins that was run and held. */
export const HELD = 'the same before and after';

/** The review with a note for each file that was merged since the tree has moved on. */
export function withMerged(review: PatchReview, merged: readonly MergedFile[]): PatchReview {
  const notes = merged.map((one) => row('note', 'merged', mergedText(one)));
  return { ...review, rows: [...review.rows, ...notes] };
}

/** The review with what was run; `mutants` of the lines that the patch touches, if any were. */
export function withTreeRows(
  review: PatchReview,
  answer: TreeAnswer,
  mutants: TouchedMutants | null,
): PatchReview {
  const rows =
    'problem' in answer ? [unknownRow(answer.problem)] : weighed(answered(review, answer), mutants);
  const told = new Set(rows.map(({ name }) => name));
  // What a run answers is no risk any more.
  const others = review.rows.filter(({ word, name }) => word !== 'risk' || !told.has(name));
  const all = [...rows, ...others];
  const isRun = !('problem' in answer);
  return {
    ...review,
    isRun,
    rows: ORDER.flatMap((word) => all.filter((row) => row.word === word)),
  };
}

const SAME = 'nothing that the scenarios run differs with the patch, so none was run';

function unknownRow(problem: string): Row {
  return row('unknown', 'tree', `nobody can tell what the patch does there: ${problem}`);
}

function answered(
  { rows }: PatchReview,
  answer: Exclude<TreeAnswer, { readonly problem: string }>,
): Row[] {
  const { changes, functions, runs, answered: count, storyOf } = answer;
  if (functions.length === 0) return [row('note', 'tree', SAME)];
  if (count === 0) return [unknownRow('no scenario has an answer')];
  const found = changes.flatMap(({ invariant, effect, runs: units }): Row[] => {
    const [first = ''] = units;
    if (effect === 'regression') {
      const text = `held before this patch, and is broken with it: ${first}`;
      return [{ ...row('FAIL', invariant, text), question: QUESTION, story: storyOf(invariant) }];
    }
    if (effect === 'fixes') return [row('ok', invariant, 'the patch mends it, within the bounds')];
    if (effect === 'present before') {
      return [row('note', invariant, `broken before the patch, and still: ${first}`)];
    }
    return effect === 'cannot tell'
      ? [row('unknown', invariant, `no answer before or after: ${first}`)]
      : [];
  });
  const changed = new Set(changes.map(({ invariant }) => invariant));
  const held = rows
    .filter(({ word, name }) => word === 'risk' && !changed.has(name))
    .map(({ name }) => row('ok', name, `${HELD}, in ${runs} runs`));
  return [...found, ...held];
}

/**
 * What holds is weak where mutants of the touched lines live; who they are is said once.
 * That none lives says nothing if none was run.
 */
function weighed(rows: readonly Row[], mutants: TouchedMutants | null): Row[] {
  const { mutants: run, unreached, notRun, left } = mutants ?? NONE;
  const lived = run.filter(({ breaks }) => breaks.length === 0);
  const evidence = lived.map(({ id, text }): Evidence => ({ kind: 'mutant', id, text }));
  const count = `${lived.length} of ${run.length} mutants`;
  const weak = `holds, and so it does with ${count} of the touched lines`;
  const heads = lived.slice(0, NAMED).map(({ text }) => text);
  const more = lived.length > NAMED ? ` and ${lived.length - NAMED} more` : '';
  const names = lived.length > 0 ? `: ${heads.join('; ')}${more}` : '';
  const skipped = [
    ...(unreached > 0 ? [`${unreached} stand where nothing that was run comes`] : []),
    ...(notRun > 0 ? [`${notRun} were not run: the budget is spent, or a run gave no answer`] : []),
    ...(left.length > 0 ? [`none were made of ${left.join(', ')}`] : []),
  ];
  const note = `of the touched lines: ${run.length} run, ${lived.length} live${names}`;
  return [
    ...rows.map((one): Row => {
      if (one.word !== 'ok' || !one.text.startsWith(HELD)) return one;
      if (lived.length > 0) return { ...one, word: 'weak', text: weak, evidence };
      const by = run.filter(({ breaks }) => breaks.includes(one.name)).length;
      return by === 0 ? one : { ...one, text: `${one.text}; ${by} mutants break it` };
    }),
    ...(mutants !== null && run.length + unreached + notRun + left.length > 0
      ? [row('note', 'mutants', [note, ...skipped].join('; '))]
      : []),
  ];
}

const NONE: TouchedMutants = { mutants: [], unreached: 0, notRun: 0, left: [] };
/** How many survivors a text names. */
const NAMED = 3;

const QUESTION = 'Does the sequence below happen with this patch, and not without it?';

function row(word: Row['word'], name: string, text: string): Row {
  return { word, name, text, question: null, place: null, evidence: [], story: null };
}
