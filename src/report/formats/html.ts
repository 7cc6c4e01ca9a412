// SPDX-License-Identifier: GPL-2.0-only
// What does a person open who wants to see all of it? One page that needs no network: what matters
// and every interleaving as plain HTML, readable without scripts, and below it the sources with
// their mutants in the viewer of mutation-testing-elements.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { MutantRun } from '#lab/run';
import { markupText, scriptCode, scriptJson } from '../escapes.ts';
import { folded, PAGE_STYLE, pageHead, section, table } from '../markup.ts';
import { notCheckedText } from '../not-checked.ts';
import { evidenceOf, type Format, headlineOf, outcomeOf, type RunReport } from '../run-report.ts';
import {
  alarms,
  countsLine,
  erasOf,
  families,
  GROUP_HEAD,
  groupRow,
  layers,
  regressionRows,
  scoreLine,
  survivors,
  unknowns,
} from '../tables.ts';
import { mutationDocument } from './json.ts';

export const format: Format = {
  name: 'html',
  file: 'mutation.html',
  summary: 'one page with all interleavings and the mutated sources, for browsers, offline',
  text: htmlPage,
};

const TITLE = 'kvm-mutants: mutation report';

const STYLE = `${PAGE_STYLE}
/* The viewer pins a bar and a drawer to the window: this pane is the window that it gets. */
.viewer { height: 100vh; transform: translateZ(0); border-top: 3px solid var(--line); }
.viewer > * { display: block; box-sizing: border-box; height: 100%; overflow: auto;
  padding-top: 1.5rem; }
@media print { .viewer { display: none; } }
@media (scripting: none) { .viewer { display: none; } }
`;

/**
 * Hands the document to the viewer. Its drawer shows the reasons of verdicts, which are tables, in
 * letters of different widths; a viewer that is built in another way is left as it is.
 */
const START = `
const styles = customElements.get('mte-drawer-mutant')?.elementStyles;
if (Array.isArray(styles)) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('.whitespace-pre-wrap { font: 13px/1.4 ui-monospace, monospace; }');
  styles.push(sheet);
}
document.querySelector('mutation-test-report-app').report =
  JSON.parse(document.getElementById('report').textContent);
`;

function htmlPage(report: RunReport): string {
  const viewer = scriptCode(viewerCode());
  const data = scriptJson(JSON.stringify(mutationDocument(report)));
  return `${pageHead(TITLE, STYLE, policy([viewer, START]))}
<body>
<main>
${summary(report)}
<h2>Sources and their mutants</h2>
<noscript><p>The viewer needs scripts; everything above does not.</p></noscript>
</main>
<div class="viewer">
<mutation-test-report-app title-postfix="kvm-mutants"></mutation-test-report-app>
</div>
<script type="application/json" id="report">${data}</script>
<script>${viewer}</script>
<script>${START}</script>
</body>
</html>
`;
}

/** Nothing is loaded, and only these scripts run. The viewer sets styles by itself. */
function policy(scripts: readonly string[]): string {
  const hashes = scripts.map(
    (script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
  return [
    "default-src 'none'",
    `script-src ${hashes.join(' ')}`,
    "style-src 'unsafe-inline'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function viewerCode(): string {
  const { resolve } = createRequire(import.meta.url);
  return readFileSync(resolve('mutation-testing-elements/mutation-test-elements.js'), 'utf8');
}

function summary(report: RunReport): string {
  const { result, leftOut } = report;
  const cries = alarms(report).map((text) => `<li class="bad">${markupText(text)}</li>`);
  const regressions = regressionRows(report).map(({ word, id, commit, subject, headline }) => [
    cell(word, word === 'ok' ? '' : 'bad'),
    code(id),
    `${code(commit)} ${markupText(subject)}`,
    markupText(headline),
  ]);
  return [
    `<h1>${TITLE}</h1>`,
    `<p class="score">${markupText(scoreLine(report))}</p>`,
    `<p>${markupText(countsLine(report))}</p>`,
    ...(cries.length === 0 ? [] : [`<ul>${cries.join('')}</ul>`]),
    section('Layers', table(GROUP_HEAD, layers(report).map(groupCells))),
    section('Families', folded('by operator', table(GROUP_HEAD, families(report).map(groupCells)))),
    section('Regressions', table(['', 'regression', 'fixed upstream by', 'verdict'], regressions)),
    section('Survived', mutantTable(survivors(report))),
    section('Unknown', mutantTable(unknowns(report))),
    section('Every mutant', result.mutants.map((run) => mutantDetails(run, report)).join('\n')),
    `<p>${markupText(notCheckedText(erasOf(report), leftOut))}</p>`,
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function cell(text: string, kind: string): string {
  return kind === ''
    ? `<td>${markupText(text)}</td>`
    : `<td class="${kind}">${markupText(text)}</td>`;
}

function code(text: string): string {
  return `<code>${markupText(text)}</code>`;
}

function groupCells(group: Parameters<typeof groupRow>[0]): string[] {
  return groupRow(group).map(markupText);
}

function mutantTable(runs: readonly MutantRun[]): string {
  const rows = runs.map((run) => [
    code(run.mutant.id),
    markupText(run.mutant.description),
    markupText(headlineOf(run)),
  ]);
  return table(['mutant', 'what is different', 'verdict'], rows);
}

/** The evidence and the whole diff, closed until asked for. */
function mutantDetails(run: MutantRun, { regressions }: RunReport): string {
  const { id, diff } = run.mutant;
  const kind = outcomeOf(run, regressions) === 'good' ? '' : ' class="bad"';
  return [
    `<details><summary>${code(id)} <span${kind}>${markupText(headlineOf(run))}</span></summary>`,
    `<pre>${markupText(evidenceOf(run))}</pre>`,
    `<pre>${markupText(diff.trimEnd())}</pre>`,
    '</details>',
  ].join('\n');
}
