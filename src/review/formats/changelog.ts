// SPDX-License-Identifier: GPL-2.0-only
// What belongs into a changelog about how a change was checked? A paragraph for the author to fill
// in: what was found by this tool stands there, what only the author knows is a gap in brackets.

import { oneLine } from '../../report/escapes.ts';
import { TOOL } from '../../report/schema.ts';
import { wrapText } from '../../report/texts.ts';
import { type ReviewFormat, rowsOf, titleOf } from '../format.ts';
import type { Mended, PatchReview, Touched } from '../values.ts';

const WIDTH = 72;

export const format: ReviewFormat = {
  name: 'changelog',
  summary: 'a paragraph for a changelog, with gaps for its author',
  text: ({ patches, notChecked }) =>
    patches
      .filter(({ state }) => state === 'reviewed')
      .map((review) => paragraphsOf(review, notChecked))
      .join('\n'),
};

function paragraphsOf(review: PatchReview, notChecked: readonly string[]): string {
  const runs = rowsOf(review, 'human')
    .filter(({ name }) => name === 'test-matrix')
    .map(({ text }) => text);
  const open = rowsOf(review, 'ask').map(({ text }) => text);
  const paragraphs = [
    ...review.mends.map((mended) => mendedText(mended, eraOf(review.touched))),
    `Found by [inspection, or a reproducer: which]. ${lookedAt(review)}`,
    ...(open.length === 0 ? [] : [`Open: ${open.join('; ')}. [Say why it is right.]`]),
    `Tested [on which kernel and machine: ${runs.join('; ') || 'which runs'}].`,
    `Not tested: ${notChecked.join(', ')} [and what else was not].`,
  ];
  const lines = paragraphs.flatMap((paragraph) => [...wrapText(oneLine(paragraph), WIDTH), '']);
  return `# ${oneLine(titleOf(review))}\n\n${lines.join('\n')}`;
}

function eraOf(touched: readonly Touched[]): string {
  return touched.find(({ era }) => era !== null)?.era ?? 'ERA';
}

function mendedText(
  { name, commit, subject, broke, breaks, shownBy }: Mended,
  era: string,
): string {
  const how = shownBy === 'sequence' ? 'One thread reaches it' : 'It takes an interleaving';
  const like = commit === null ? `"${subject}"` : `${commit} ("${subject}")`;
  return (
    `${broke} ${how}: on the ports of ${TOOL.name} ${TOOL.version} the code without this change ` +
    `breaks ${breaks.join(' and ')} (kvm-mutants explore --mutant ${era}/history/${name} prints ` +
    `the steps). The change has the shape of ${like}.`
  );
}

function lookedAt({ touched, isRun }: PatchReview): string {
  const names = touched.map(({ kind, name }) => (kind === 'function' ? `${name}()` : name));
  const eras = [...new Set(touched.flatMap(({ era }) => era ?? []))];
  const port = eras.length === 0 ? 'no port has it' : `as in ${eras.join(', ')}`;
  if (names.length === 0) return '';
  return (
    `${names.join(', ')} ${names.length === 1 ? 'was' : 'were'} looked at with ` +
    `${TOOL.name} ${TOOL.version} (${port}); ` +
    (isRun ? 'the suites ran on the tree before and after it.' : 'nothing was run on the tree.')
  );
}
