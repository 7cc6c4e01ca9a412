// SPDX-License-Identifier: GPL-2.0-only
// What does a backporter read? The verdict first, then piece by piece and rule by rule what this
// tree does, and the bounds.

import { oneLine } from '../report/escapes.ts';
import { schemaOf, TOOL } from '../report/schema.ts';
import { columns, wrapText } from '../report/texts.ts';
import type { Findings, Judgement, Question } from './fix.ts';

/** What a port breaks that lacks one piece. */
export interface MatrixRow {
  readonly piece: string;
  /** The mutant of a port; null if none lacks this piece alone. */
  readonly mutant: string | null;
  /** Invariants of the fix, sorted. */
  readonly breaks: readonly string[];
}

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
  /** Null if nobody asked for it. */
  readonly matrix: readonly MatrixRow[] | null;
  readonly units: readonly string[];
  readonly notChecked: readonly string[];
}

export function backportText(result: BackportResult): string {
  const { fix, tree, hash, profile, era, findings, judgement, breaks, related, units } = result;
  const { word, why } = judgement;
  const pieces = findings.pieces.map((piece) => [`    ${piece.name}`, answerText(piece)]);
  const rules = findings.invariants.map(({ name, state }) => [`    ${name}`, state]);
  const id = fix.commit === null ? '' : `${fix.commit} `;
  return [
    ...wrapText(`${word.toUpperCase()}${why === '' ? '' : `  ${oneLine(why)}`}`, 80),
    ...wrapText(`  fix ${id}("${oneLine(fix.subject)}")`, 80),
    ...groundLines(findings),
    ...(pieces.length === 0 ? [] : ['  pieces, by what the tree does', ...columns(pieces)]),
    '  rules',
    ...columns(rules),
    ...breaks.map((line) => `    ${oneLine(line)}`),
    ...matrixLines(result),
    ...(related === null ? [] : wrapText(`related: ${related}`, 76).map((line) => `  ${line}`)),
    `  tree ${oneLine(tree)}, functions ${hash}, profile ${profile}, judged as ${era}`,
    ...wrapText(`bounds: ${units.join(', ')}`, 76).map((line) => `  ${line}`),
    '',
    ...wrapText(`Not checked: ${result.notChecked.join(', ')}.`, 80),
    '',
  ].join('\n');
}

function answerText({ answer, how }: { answer: string; how: Question['how'] }): string {
  return how === 'shape' ? `${answer} (shape)` : answer;
}

function groundLines({ ground }: Findings): string[] {
  if (ground === null) return [];
  const since = ground.since === null ? '' : ` (since ${ground.since})`;
  return ['  what the bug needs', ...columns([[`    ${ground.name}${since}`, answerText(ground)]])];
}

/** Sparse: of each piece the rules that it is for. */
function matrixLines({ matrix }: BackportResult): string[] {
  if (matrix === null) return [];
  const rows = matrix.flatMap(({ piece, mutant, breaks }) => {
    const rules = breaks.length === 0 ? 'nothing that was run' : breaks.join(', ');
    const text = mutant === null ? 'no mutant lacks it alone' : `${rules} (${mutant})`;
    return [`    ${piece}`, ...wrapText(text, 72).map((line) => `      ${line}`)];
  });
  return ['  what a port breaks that lacks this piece alone', ...rows];
}

export function backportDocument(result: BackportResult): object {
  return { schema: schemaOf('backport'), tool: TOOL, ...result };
}
