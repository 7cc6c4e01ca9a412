// SPDX-License-Identifier: GPL-2.0-only
// `review`: what should be asked about this patch, and what do we know of the code that it changes?

import { ERAS } from '#lab/suites';
import type { EraName } from '#vocabulary';
import { oneLine } from '../report/escapes.ts';
import { countsOf, loadReviewFormats, type ReviewFormat } from '../review/format.ts';
import { reviewOf } from '../review/review.ts';
import type { Review } from '../review/values.ts';
import type { Command, ExitStatus, Invocation, Values } from './command.ts';
import { findNamed } from './names.ts';
import { COMMON, isGiven, textOption, VERBOSE } from './options.ts';
import type { Output } from './output.ts';
import { patchesFrom } from './patch-input.ts';
import { knowledge } from './review-knowledge.ts';

const FORMATS = await loadReviewFormats();

export const review: Command = {
  name: 'review',
  summary: 'make a checklist of a patch to memslots or MMIO caches',
  synopsis: '[PATCH...] [options]',
  description: [
    'Reads patches from files, from folders of git format-patch, from a range of commits such as ' +
      'HEAD~3.., or from standard input (- or nothing): mails, mboxes, what git show prints, ' +
      'plain diffs.',
    'For each patch it says which functions change, what should be answered (ASK): a hunk that ' +
      'has the shape of a bug that KVM had, a new reader of the memslots generation, a marking ' +
      'or a barrier that is gone, bits of SPTEs that move unasserted, a document that counts ' +
      'otherwise; which invariants the changed functions are about (risk), by mutants that broke ' +
      'them; matters of form (note); and what only people can tell (human).',
    'Nothing is run, so nothing is judged: without a finding the answer is that there is nothing ' +
      'to ask, and never that a patch is good. Each format ends with what was not checked, but ' +
      'for those that other programs read. Nothing is ever sent.',
    `Formats: ${FORMATS.map(({ name, summary }) => `${name}: ${summary}`).join('; ')}.`,
  ],
  options: {
    format: { type: 'string', value: 'NAME', help: 'one of the formats above; text by default' },
    terse: { type: 'boolean', help: 'the same as --format terse' },
    changelog: { type: 'boolean', help: 'the same as --format changelog' },
    era: {
      type: 'string',
      value: 'ERA',
      help: 'the era of the tree, such as v6.12; by default the nearest one by names and paths',
    },
    stories: {
      type: 'boolean',
      help:
        'show how a known bug comes about, where a hunk has its shape: an interleaving of the port ' +
        'that has the bug, which takes some seconds',
    },
    mboxrd: { type: 'boolean', help: "undo '>From ' in the bodies of an mbox" },
    verbose: { ...VERBOSE, help: 'show every row, the questions and the evidence' },
    ...COMMON,
    quiet: { type: 'boolean', short: 'q', help: 'print nothing where there is nothing to answer' },
  },
  exits: [
    ['0', 'nothing to answer, or nothing in scope; not that the patch is right'],
    ['1', 'there is something to answer'],
    ['2', 'the command was used wrongly'],
    ['3', 'a patch could not be analysed'],
  ],
  examples: [
    'b4 am -o - MSGID | kvm-mutants review -',
    'kvm-mutants review HEAD~3..',
    'kvm-mutants review --format reply -o answer.txt 0001-kvm.patch',
  ],
  args: [0, 1000],
  run: execute,
};

async function execute({ values, args, output }: Invocation): Promise<ExitStatus> {
  const format = formatOption(values);
  const era = eraOption(values);
  const patches = patchesFrom(args, { isMboxrd: isGiven(values, 'mboxrd') });
  const known = await knowledge();
  const asked = reviewOf(patches, known, era);
  const result = isGiven(values, 'stories') ? await stories(asked, known.eras) : asked;
  const options = { isQuiet: isGiven(values, 'quiet'), isVerbose: isGiven(values, 'verbose') };
  const text = format.text(result, options);
  if (text !== '') output.result(text);
  const { asks, unread } = countsOf(result);
  if (['reply', 'changelog'].includes(format.name)) tellUnread(result, output);
  return asks > 0 ? 1 : unread > 0 ? 3 : 0;
}

/** Ports are parsed and explored only if somebody wants it. */
async function stories(review: Review, eras: readonly EraName[]): Promise<Review> {
  return (await import('./review-stories.ts')).withStories(review, eras);
}

/** Formats that people send on say nothing of what could not be analysed. */
function tellUnread({ patches }: Review, output: Output): void {
  for (const { patch, state } of patches) {
    if (state !== 'unread') continue;
    const why = oneLine(patch.problems.join('; '));
    output.note(`kvm-mutants: ${oneLine(patch.source)} could not be analysed: ${why}\n`);
  }
}

function formatOption(values: Values): ReviewFormat {
  const short = ['json', 'terse', 'changelog'].find((name) => isGiven(values, name)) ?? 'text';
  const name = textOption(values, 'format') ?? short;
  return findNamed('format', name, FORMATS, (format) => format.name);
}

function eraOption(values: Values): EraName | null {
  const name = textOption(values, 'era');
  return name === null ? null : findNamed('era', name, ERAS, (era) => era.name).name;
}
