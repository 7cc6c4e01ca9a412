// SPDX-License-Identifier: GPL-2.0-only
// What does a person open who wants to see how the model was held against real KVM? One page that
// needs no network and no scripts, with the date and the versions of its run.

import type { ConformResult, KernelResult } from '../conformance/result.ts';
import {
  areaRows,
  conformanceText,
  findingLines,
  kernelStatus,
  LEGEND,
  LIMITS,
  storyLines,
  stressRows,
  traceLines,
} from './conformance.ts';
import { mutantTable, raceTable, selftestTable, type Table } from './conformance-mutants.ts';
import { markupText } from './escapes.ts';
import { folded, PAGE_STYLE, pageHead, section, table } from './markup.ts';
import { TOOL } from './schema.ts';

const TITLE = 'kvm-mutants: held against real KVM';
const STYLE = `${PAGE_STYLE}
.beside { display: flex; flex-wrap: wrap; gap: 1rem 2rem; align-items: flex-start; }
.beside > * { min-width: 0; }
`;

/** The page of a run; `date` is its day. */
export function conformanceHtml(result: ConformResult, date: string): string {
  const { emulator, kernels, seeds, skipped } = result;
  const about = [`${TOOL.name} ${TOOL.version}`, date, emulator, `seeds ${seeds.join(', ')}`];
  return `${pageHead(TITLE, STYLE, "default-src 'none'; style-src 'unsafe-inline'")}
<body>
<main>
<h1>${TITLE}</h1>
<p>${markupText(about.join(' · '))}</p>
${kernels.map(kernelPart).join('\n')}
${list(skipped.map((why) => `skipped: ${why}`))}
<p>${markupText(LEGEND)}</p>
<p>${markupText(`Not checked: ${LIMITS.join(', ')}.`)}</p>
${folded('The same as text', pre(conformanceText(result)))}
</main>
</body>
</html>
`;
}

function kernelPart(kernel: KernelResult): string {
  const status = kernelStatus(kernel);
  const kind = status === 'agrees' ? 'score' : 'score bad';
  const cries = [
    ...kernel.void.map((text) => `VOID: ${text}`),
    ...kernel.warnings.map((text) => `the kernel warns: ${text}`),
    ...kernel.unknown.map((text) => `unknown: ${text}`),
  ];
  const findings = findingLines(kernel).join('\n').trim();
  const stories = kernel.stories.flatMap((story) => [...storyLines(story), '']).join('\n');
  return [
    `<h2>${markupText(`${kernel.package} ${kernel.version}`)}</h2>`,
    `<p class="${kind}">${status}</p>`,
    list(cries),
    told({ title: 'Sequences', rows: areaRows(kernel), notes: traceLines(kernel) }),
    kernel.stress.length === 0
      ? ''
      : told({ title: 'Two threads', rows: stressRows(kernel), notes: [] }),
    section('Wrong in the kernel, as the model says', findings === '' ? '' : pre(findings)),
    section('Not explained by the model', stories === '' ? '' : pre(stories)),
    told(mutantTable(kernel)),
    told(selftestTable(kernel)),
    racePart(kernel),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** A table, and below it what has to be known. */
function told(what: Table | null): string {
  if (what === null) return '';
  const [head = [], ...rows] = what.rows.map((cells) => cells.map(markupText));
  return section(capital(what.title), `${table(head, rows)}\n${list(what.notes)}`);
}

/** The trace of the kernel beside the table of the model. */
function racePart(kernel: KernelResult): string {
  const race = raceTable(kernel);
  if (race === null) return '';
  const [head = [], ...rows] = race.rows.map((cells) => cells.map(markupText));
  const model = kernel.modelRace === '' ? '' : pre(kernel.modelRace);
  return section(
    capital(race.title),
    `<div class="beside">\n<div>${table(head, rows)}</div>\n<div>${model}</div>\n</div>`,
  );
}

function list(texts: readonly string[]): string {
  const items = texts.map((text) => `<li>${markupText(text.trim())}</li>`);
  return items.length === 0 ? '' : `<ul>\n${items.join('\n')}\n</ul>`;
}

function pre(text: string): string {
  return `<pre>${markupText(text)}</pre>`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
