// SPDX-License-Identifier: GPL-2.0-only
// Which of the known bugs does a tree have? A backporter reads what is missing first, and of each
// fix a line; the whole of one is told by asking about it alone.

import { oneLine } from '../report/escapes.ts';
import { schemaOf, TOOL } from '../report/schema.ts';
import { wrapText } from '../report/texts.ts';
import type { Completeness } from './fix.ts';
import type { BackportResult } from './fix-text.ts';

/** What is wrong comes first, and what nobody can tell before what is right. */
const ORDER: readonly Completeness[] = [
  'not fixed',
  'partial',
  'cannot tell',
  'fixed by other means',
  'complete',
  'not affected',
];

const WIDTH = 80;
const VERDICT = Math.max(...ORDER.map((word) => word.length)) + 4;

/** Sorted by verdict; within one as they come. */
function sorted(results: readonly BackportResult[]): BackportResult[] {
  return ORDER.flatMap((word) => results.filter(({ judgement }) => judgement.word === word));
}

/** `wanted`: how many fixes should be told. Throws if there is none. */
export function fixesText(results: readonly BackportResult[], wanted: number): string {
  const [first] = results;
  if (first === undefined) throw new Error('no fix was asked about');
  const { tree, hash, profile, era, notChecked } = first;
  const counts = ORDER.map((word) => {
    const count = results.filter(({ judgement }) => judgement.word === word).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  const units = new Set(results.flatMap((result) => result.units)).size;
  const where = `tree ${oneLine(tree)}, functions ${hash}, profile ${profile}, judged as ${era}`;
  return [
    ...(results.length < wanted
      ? [`Interrupted: ${wanted - results.length} of ${wanted} were not asked about.`]
      : []),
    ...wrapText(`Fixes (${results.length}): ${counts.flat().join(', ')}.`, WIDTH),
    '',
    ...sorted(results).flatMap(lines),
    '',
    `  ${where}`,
    `  bounds: ${units} units were run; backport --fix NAME tells which, and more of one fix`,
    '',
    ...wrapText(`Not checked: ${notChecked.join(', ')}.`, WIDTH),
    '',
  ].join('\n');
}

function lines({ fix, judgement }: BackportResult): string[] {
  const { word, why } = judgement;
  const verdict = word === 'partial' || word === 'not fixed' ? word.toUpperCase() : word;
  const name = `${fix.commit ?? fix.name} ${oneLine(fix.subject)}`;
  const text = [...wrapText(name, WIDTH - VERDICT), ...wrapText(oneLine(why), WIDTH - VERDICT)];
  return text
    .filter((line) => line !== '')
    .map((line, i) => `${(i === 0 ? `  ${verdict}` : '').padEnd(VERDICT)}${line}`);
}

export function fixesDocument(results: readonly BackportResult[], wanted: number): object {
  const isInterrupted = results.length < wanted;
  return { schema: schemaOf('backports'), tool: TOOL, isInterrupted, fixes: sorted(results) };
}
