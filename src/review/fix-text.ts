// SPDX-License-Identifier: GPL-2.0-only
// What does a backporter read? The verdict first, then piece by piece and rule by rule what this
// tree does, and the bounds.

import { oneLine } from '../report/escapes.ts';
import { schemaOf, TOOL } from '../report/schema.ts';
import { columns, wrapText } from '../report/texts.ts';
import type { Findings, Judgement } from './fix.ts';

export interface BackportResult {
  readonly fix: { readonly name: string; readonly commit: string | null; readonly subject: string };
  readonly tree: string;
  /** Of the functions that run. */
  readonly hash: string;
  readonly profile: string;
  readonly era: string;
  readonly findings: Findings;
  readonly judgement: Judgement;
  /** How invariants break that fail, and in which unit. */
  readonly breaks: readonly string[];
  readonly related: string | null;
  readonly units: readonly string[];
  readonly notChecked: readonly string[];
}

export function backportText(result: BackportResult): string {
  const { fix, tree, hash, profile, era, findings, judgement, breaks, related, units } = result;
  const { word, why } = judgement;
  const pieces = findings.pieces.map(({ name, answer }) => [`    ${name}`, answer]);
  const rules = findings.invariants.map(({ name, state }) => [`    ${name}`, state]);
  const id = fix.commit === null ? '' : `${fix.commit} `;
  return [
    ...wrapText(`${word.toUpperCase()}${why === '' ? '' : `  ${oneLine(why)}`}`, 80),
    ...wrapText(`  fix ${id}("${oneLine(fix.subject)}")`, 80),
    ...(pieces.length === 0 ? [] : ['  pieces, by what the tree does', ...columns(pieces)]),
    '  rules',
    ...columns(rules),
    ...breaks.map((line) => `    ${oneLine(line)}`),
    ...(related === null ? [] : wrapText(`related: ${related}`, 76).map((line) => `  ${line}`)),
    `  tree ${oneLine(tree)}, functions ${hash}, profile ${profile}, judged as ${era}`,
    ...wrapText(`bounds: ${units.join(', ')}`, 76).map((line) => `  ${line}`),
    '',
    ...wrapText(`Not checked: ${result.notChecked.join(', ')}.`, 80),
    '',
  ].join('\n');
}

export function backportDocument(result: BackportResult): object {
  return { schema: schemaOf('backport'), tool: TOOL, ...result };
}
