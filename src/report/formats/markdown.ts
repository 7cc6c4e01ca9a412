// SPDX-License-Identifier: GPL-2.0-only
// What does a merge request show of a run? A page at a glance: score, named regressions, what
// lived, what is unknown, and how to see it again. Long lists are cut, and say so.

import type { MutantRun } from '#lab/run';
import { markdownBlock, markdownCode, markdownText } from '../escapes.ts';
import { notCheckedText } from '../not-checked.ts';
import { type Format, headlineOf, type RunReport } from '../run-report.ts';
import {
  alarms,
  countsLine,
  erasOf,
  GROUP_HEAD,
  groupRow,
  layers,
  type RegressionRow,
  regressionRows,
  scoreLine,
  survivors,
  unknowns,
} from '../tables.ts';

export const format: Format = {
  name: 'markdown',
  file: 'mutation.md',
  summary: 'a short page for a merge request',
  text: markdownPage,
};

/** Rows of a table. */
const ROWS_MAX = 10;
/** Lines of what is wrong. */
const ALARMS_MAX = 8;
const REPLAYS_MAX = 3;

function markdownPage(report: RunReport): string {
  const rows = regressionRows(report);
  const parts = [
    '## kvm-mutants',
    `**${markdownText(scoreLine(report))}**  \n${markdownText(countsLine(report))}`,
    alarmList(alarms(report)),
    table(
      GROUP_HEAD,
      layers(report)
        .map(groupRow)
        .map((cells) => cells.map(markdownText)),
    ),
    section('Regressions', bounded(rows.map(regressionCells), REGRESSION_HEAD)),
    section('Survived', bounded(survivors(report).map(mutantCells), MUTANT_HEAD)),
    section('Unknown', bounded(unknowns(report).map(mutantCells), MUTANT_HEAD)),
    replays(rows),
    markdownText(notCheckedText(erasOf(report), report.leftOut)),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function alarmList(texts: readonly string[]): string {
  const shown = texts.slice(0, ALARMS_MAX).map((text) => `- **${markdownText(text)}**`);
  return [...shown, ...more(texts.length - ALARMS_MAX, '- ')].join('\n');
}

const REGRESSION_HEAD = ['', 'regression', 'fixed by', 'verdict', 'scenario'];

function regressionCells(row: RegressionRow): string[] {
  return [
    row.word,
    markdownCode(row.id),
    `${row.commit} ${markdownText(row.subject)}`.trim(),
    markdownText(row.headline),
    row.scenario === '' ? '' : markdownCode(row.scenario),
  ];
}

const MUTANT_HEAD = ['mutant', 'what is different', 'verdict'];

function mutantCells(run: MutantRun): string[] {
  const { id, description } = run.mutant;
  return [markdownCode(id), markdownText(description), markdownText(headlineOf(run))];
}

function bounded(rows: readonly (readonly string[])[], head: readonly string[]): string {
  const cut = more(rows.length - ROWS_MAX, '');
  return [table(head, rows.slice(0, ROWS_MAX)), ...cut.flatMap((text) => ['', text])].join('\n');
}

function more(count: number, mark: string): string[] {
  return count > 0 ? [`${mark}and ${count} more, in \`reports/mutation.json\``] : [];
}

/** Cells are Markdown. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |');
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** Nothing if there is nothing to show. */
function section(title: string, content: string): string {
  return content === '' ? '' : `### ${title}\n\n${content}`;
}

function replays(rows: readonly RegressionRow[]): string {
  const shown = rows.filter(({ schedule }) => schedule !== null).slice(0, REPLAYS_MAX);
  if (shown.length === 0) return '';
  const lines = shown.map(({ schedule }) => `kvm-mutants replay ${schedule}`);
  return `### To see it again\n\n${markdownBlock(lines.join('\n'))}`;
}
