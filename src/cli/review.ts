// SPDX-License-Identifier: GPL-2.0-only
// `review`: what should be asked about this patch, and what do we know of the code that it changes?

import { ERAS } from '#lab/suites';
import { UserError } from '#user-error';
import type { EraName } from '#vocabulary';
import type { Read } from '../c/profiles/shape.ts';
import { applyPatch, refusal, type ThreeWay } from '../patch/apply.ts';
import { ownedByTree } from '../patch/owners.ts';
import type { FileChange, Patch } from '../patch/values.ts';
import { oneLine } from '../report/escapes.ts';
import { countsOf, loadReviewFormats, type ReviewFormat } from '../review/format.ts';
import { reviewOf } from '../review/review.ts';
import type { Review } from '../review/values.ts';
import type { Command, ExitStatus, Invocation, Values } from './command.ts';
import { findNamed } from './names.ts';
import { COMMON, isGiven, numberOption, textOption, VERBOSE } from './options.ts';
import type { Output } from './output.ts';
import { patchesFrom } from './patch-input.ts';
import { knowledge } from './review-knowledge.ts';
import { threeWayOf } from './three-way.ts';
import { folderFiles, revisionFiles } from './tree-files.ts';

/** A few seconds. */
const BUDGET_MUTANTS = 200_000;
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
    'With --tree the suites run on the C of that tree before and after each patch: FAIL is an ' +
      'invariant that held before and does not with it, unknown is no pass; weak is one that ' +
      'holds and would not notice mutants of the very lines that the patch touches. ' +
      'kvm-mutants check --patch runs more scenarios.',
    'Without a tree nothing is run, so nothing is judged: the answer is then that there is ' +
      'nothing to ask, and never that a patch is good. Each format ends with what was not ' +
      'checked, but for those that other programs read. Nothing is ever sent.',
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
    tree: {
      type: 'string',
      value: 'DIR',
      help: 'run small scenarios on the C of this kernel tree, before and after each patch',
    },
    rev: { type: 'string', value: 'REV', help: 'with --tree: read this revision by git' },
    'budget-mutants': {
      type: 'string',
      value: 'N',
      help:
        'with --tree: let mutants of the touched lines take N steps in all (default ' +
        `${BUDGET_MUTANTS}), what is left is not run; 0 makes none`,
    },
    stories: {
      type: 'boolean',
      help:
        'show how a known bug comes about, where a hunk has its shape: an interleaving of the ' +
        'port that has the bug, which takes some seconds',
    },
    mboxrd: { type: 'boolean', help: "undo '>From ' in the bodies of an mbox" },
    verbose: { ...VERBOSE, help: 'show every row, the questions and the evidence' },
    ...COMMON,
    quiet: { type: 'boolean', short: 'q', help: 'print nothing where there is nothing to answer' },
  },
  exits: [
    ['0', 'nothing to answer, or nothing in scope; not that the patch is right'],
    ['1', 'there is something to answer, or a new violation'],
    ['2', 'the command was used wrongly'],
    ['3', 'a patch or the tree could not be analysed'],
  ],
  examples: [
    'b4 am -o - MSGID | kvm-mutants review -',
    'kvm-mutants review HEAD~3..',
    'kvm-mutants review --format reply -o answer.txt 0001-kvm.patch',
  ],
  args: [0, 1000],
  run: guarded,
};

/** Programs that read a format would take a message on standard error for something else. */
async function guarded(invocation: Invocation): Promise<ExitStatus> {
  const { failed } = formatOption(invocation.values);
  try {
    return await execute(invocation);
  } catch (error) {
    if (failed === undefined || !(error instanceof UserError) || error.exitCode !== 3) throw error;
    invocation.output.result(failed(error.message));
    return 3;
  }
}

async function execute(invocation: Invocation): Promise<ExitStatus> {
  const { values, args, output } = invocation;
  const format = formatOption(values);
  const era = eraOption(values);
  const read = treeOption(values);
  const mailed = patchesFrom(args, { isMboxrd: isGiven(values, 'mboxrd') });
  const folder = textOption(values, 'tree');
  const threeWay = folder === null ? null : threeWayOf(folder);
  const patches = read === null ? mailed : ownedBy(read, mailed, threeWay);
  const known = await knowledge();
  const asked = reviewOf(patches, known, era);
  const shown = isGiven(values, 'stories') ? await stories(asked, known.eras) : asked;
  const result = read === null ? shown : await onTree(shown, read, invocation);
  const options = { isQuiet: isGiven(values, 'quiet'), isVerbose: isGiven(values, 'verbose') };
  const text = format.text(result, options);
  if (text !== '') output.result(text);
  const { asks, violations, unknown, unread } = countsOf(result);
  if (['reply', 'changelog'].includes(format.name)) tellUnread(result, output);
  if (asks + violations > 0) return 1;
  return unread + unknown > 0 ? 3 : 0;
}

function treeOption(values: Values): Read | null {
  const folder = textOption(values, 'tree');
  const revision = textOption(values, 'rev');
  if (folder === null && revision !== null) throw new UserError('--rev needs --tree DIR');
  if (folder === null) return null;
  return revision === null ? folderFiles(folder) : revisionFiles(folder, revision);
}

/** With the tree at hand nobody has to guess what a hunk stands in, each on top of those before. */
function ownedBy(read: Read, patches: readonly Patch[], threeWay: ThreeWay | null): Patch[] {
  let now = read;
  return patches.map((patch) => {
    const below = now;
    const { files: changed, merged } = applyPatch(patch, below, threeWay);
    const textBefore = (file: FileChange): string | null => {
      if (refusal(file) !== null || file.oldPath === null) return null;
      // Line numbers are those of what the patch was made for.
      const base = merged.find(({ path }) => path === file.newPath);
      return base === undefined ? below(file.oldPath) : threeWay!.blob(base.blob);
    };
    const files = patch.files.map((file) => ownedByTree(file, textBefore(file)));
    now = (path) => (changed.has(path) ? (changed.get(path) ?? null) : below(path));
    return { ...patch, files };
  });
}

/** Adds what the suites say on the tree. */
async function onTree(
  review: Review,
  read: Read,
  { values, output, signal }: Invocation,
): Promise<Review> {
  const { withTree } = await import('./review-tree.ts');
  const [folder, revision] = [textOption(values, 'tree')!, textOption(values, 'rev')];
  const result = await withTree(review, read, {
    name: revision === null ? folder : `${folder} at ${revision}`,
    onUnit: output.progress,
    isOver: () => signal.aborted,
    threeWay: threeWayOf(folder),
    budgetMutants: numberOption(values, 'budget-mutants', 0, 1_000_000_000) ?? BUDGET_MUTANTS,
  });
  output.progress('');
  return result;
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
