// SPDX-License-Identifier: GPL-2.0-only
// What does a person read of the model against real kernels? A table for each kernel, the story of
// what is wrong, and what was not checked.

import {
  type ConformResult,
  isUnknown,
  isViolated,
  type KernelResult,
  type Story,
} from '../conformance/result.ts';
import { mutantTable, raceTable, selftestTable, type Table } from './conformance-mutants.ts';
import { schemaOf, TOOL } from './schema.ts';
import { columns, countText, numberText, wrapText } from './texts.ts';

const WIDTH = 80;

/** What the emulated machine cannot show, whatever it ran. */
export const LIMITS: readonly string[] = [
  'Intel and its EPT misconfigurations',
  'real processors and their timing',
  'SMM',
  'dirty rings',
  'more than two vCPUs',
  'sequences beyond those counted above',
];

type Status = 'agrees' | 'DISAGREES' | 'unknown';

export function kernelStatus(kernel: KernelResult): Status {
  if (isViolated(kernel)) return 'DISAGREES';
  return isUnknown(kernel) ? 'unknown' : 'agrees';
}

/** The whole result in words. */
export function conformanceText(result: ConformResult): string {
  const { kernels, emulator, skipped } = result;
  return [
    `${emulator}, emulation only`,
    '',
    ...kernels.flatMap((kernel) => [...kernelLines(kernel), '']),
    ...(kernels.length === 0 ? [] : [...wrapText(LEGEND, WIDTH), '']),
    ...skipped.map((why) => `skipped: ${why}`),
    ...wrapText(`Not checked: ${LIMITS.join(', ')}.`, WIDTH),
    ...kernels.map((kernel) => `${kernel.package} ${kernel.version}: ${kernelStatus(kernel)}`),
    '',
  ].join('\n');
}

function kernelLines(kernel: KernelResult): string[] {
  return [
    `${kernel.package} ${kernel.version}`,
    ...indented(columns(areaRows(kernel))),
    ...traceLines(kernel),
    ...stressLines(kernel),
    ...findingLines(kernel),
    ...tableLines(mutantTable(kernel)),
    ...tableLines(selftestTable(kernel)),
    ...tableLines(raceTable(kernel)),
    ...modelRaceLines(kernel),
    ...kernel.stories.flatMap((story) => ['', ...storyLines(story)]),
    ...kernel.void.map((text) => `  VOID: ${text}`),
    ...kernel.warnings.map((text) => `  the kernel warns: ${text}`),
    ...kernel.unknown.map((text) => `  unknown: ${text}`),
  ];
}

const AREA_HEAD = [
  'sequences of',
  'paging',
  'port',
  'tried',
  'accesses',
  'both wrong',
  'either',
  'before',
  'unexplained',
];

const PAGING = { 'nested paging': 'npt', 'shadow paging': 'shadow', 'nested guest': 'nested' };

/** The words of the table's head. */
export const LEGEND =
  'accesses: of which model and kernel say the same. both wrong: the kernel answers wrongly, as ' +
  'the port says. either: they differ, and both may be. before: as the port of the era before ' +
  'says. npt: the nested paging of AMD; nested: a hypervisor in the guest. !: the port of the ' +
  "kernel's own era lacks what these sequences need.";

/** What was compared; the head comes first. */
export function areaRows({ areas }: KernelResult): string[][] {
  return [[...AREA_HEAD], ...areas.map(areaRow)];
}

function areaRow(area: KernelResult['areas'][number]): string[] {
  const { alphabet, paging, era, isOwnEra, sequences, accesses } = area;
  const { confirmed, either, mended, asBefore, unexplained } = area;
  return [
    alphabet,
    PAGING[paging],
    isOwnEra ? era : `${era} !`,
    ...[sequences, accesses, confirmed.length, either.length, asBefore.length].map(numberText),
    numberText(unexplained.length) + (mended.length === 0 ? '' : ` (${mended.length} mended)`),
  ];
}

export function traceLines({ traces }: KernelResult): string[] {
  const sum = (of: (trace: (typeof traces)[number]) => number) =>
    traces.reduce((total, trace) => total + of(trace), 0);
  if (traces.length === 0) return [];
  const faults = traces.flatMap((trace) => trace.faults);
  const [first] = faults;
  return [
    `  traces: ${countText(
      sum(({ sequences }) => sequences),
      'sequence',
    )}, ` +
      `${countText(
        sum(({ events }) => events),
        'event',
      )}, ` +
      `${numberText(faults.length)} that the model does not have`,
    ...(first === undefined
      ? []
      : [
          `    ${first.word}, ${first.step}:`,
          `      model:  ${first.expected.join('; ') || 'nothing'}`,
          `      kernel: ${first.traced.join('; ') || 'nothing'}`,
        ]),
  ];
}

/** What two threads saw; only a head if there were none. */
export function stressRows({ stress }: KernelResult): string[][] {
  const rows = stress.map((run) => [
    run.mode,
    PAGING[run.paging],
    ...[run.cycles, run.judged, run.notJudged, run.staleMmio, run.staleRam].map(numberText),
  ]);
  return [
    ['two threads', 'paging', 'cycles', 'judged', 'not judged', 'stale MMIO', 'stale RAM'],
    ...rows,
  ];
}

function stressLines(kernel: KernelResult): string[] {
  return kernel.stress.length === 0 ? [] : indented(columns(stressRows(kernel)));
}

/** What the ports claim to be wrong in the kernel, and what became of it there. */
export function findingLines({ areas, traces }: KernelResult): string[] {
  return areas.flatMap((area, i) => {
    const [least] = area.confirmed;
    if (least !== undefined) {
      // Each area has its traces. The least sequence of the port may be another than the kernel's.
      const story = traces[i]?.story ?? null;
      const isOfLeast = story?.title.endsWith(`: ${least.word}`) === true;
      return [
        '',
        ...indented([
          `${area.alphabet}, ${area.paging}: wrong in ` +
            `${countText(area.confirmed.length, 'sequence')}, as the port of ${area.era} says`,
          `the least is ${least.word}: ${least.kernel}, right is ${least.allowed.join(' or ')}`,
        ]),
        ...(story !== null && isOfLeast ? storyLines(story) : []),
      ];
    }
    if (area.mended.length === 0) return [];
    return [
      '',
      `  ${area.alphabet}, ${area.paging}: MENDED. The port of ${area.era} is wrong in ` +
        `${countText(area.mended.length, 'sequence')}, the kernel in none.`,
    ];
  });
}

/** A table that has a title, and below it what has to be known. */
function tableLines(table: Table | null): string[] {
  if (table === null) return [];
  return [
    '',
    `  ${table.title}:`,
    ...indented(indented(columns(table.rows))),
    ...table.notes.flatMap((note) => indented(hanging(note))),
  ];
}

/** A paragraph whose further lines stand under its first word. */
function hanging(text: string): string[] {
  return wrapText(text, WIDTH - 4).map((line, i) => (i === 0 ? `- ${line}` : `  ${line}`));
}

/** The table of the model, under that of the kernel. */
function modelRaceLines({ modelRace }: KernelResult): string[] {
  return modelRace === '' ? [] : ['', '  and in the model:', ...indented(modelRace.split('\n'))];
}

/** Two columns: what the model did, and what the kernel did. */
export function storyLines({ title, rows }: Story): string[] {
  const table: string[][] = [['', 'model', 'kernel']];
  for (const { operation, port, kernel } of rows) {
    const lines = Math.max(1, port.length, kernel.length);
    for (let i = 0; i < lines; i++)
      table.push([i === 0 ? operation : '', port[i] ?? '', kernel[i] ?? '']);
  }
  return indented([title, ...indented(columns(table))]);
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}

/** The result for a program. Its counts come from a real kernel and differ from run to run. */
export function conformanceDocument(result: ConformResult): object {
  const { kernels, emulator, seeds, skipped } = result;
  return {
    schema: schemaOf('conformance'),
    tool: TOOL,
    emulator,
    seeds,
    counts: {
      kernels: kernels.length,
      sequences: kernels.flatMap(({ areas }) => areas).reduce((n, a) => n + a.sequences, 0),
      accesses: kernels.flatMap(({ areas }) => areas).reduce((n, a) => n + a.accesses, 0),
      unexplained: kernels
        .flatMap(({ areas }) => areas)
        .reduce((n, a) => n + a.unexplained.length, 0),
    },
    kernels: kernels.map((kernel) => ({ status: kernelStatus(kernel).toLowerCase(), ...kernel })),
    skipped,
  };
}
