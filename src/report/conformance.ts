// SPDX-License-Identifier: GPL-2.0-only
// What does a person read of the model against real kernels? A table for each kernel, the story of
// what is wrong, and what was not checked.

import {
  type ConformResult,
  isUnknown,
  isViolated,
  type KernelResult,
  type MutantVerdict,
  type Story,
} from '../conformance/result.ts';
import { schemaOf, TOOL } from './schema.ts';
import { columns, countText, numberText, wrapText } from './texts.ts';

const WIDTH = 80;

/** What the emulated machine cannot show, whatever it ran. */
const LIMITS: readonly string[] = [
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
    ...indented(columns([AREA_HEAD, ...kernel.areas.map(areaRow)])),
    ...traceLines(kernel),
    ...stressLines(kernel),
    ...findingLines(kernel),
    ...mutantLines(kernel),
    ...raceLines(kernel),
    ...kernel.stories.flatMap((story) => ['', ...storyLines(story)]),
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
const LEGEND =
  'accesses: of which model and kernel say the same. both wrong: the kernel answers wrongly, as ' +
  'the port says. either: they differ, and both may be. before: as the port of the era before ' +
  'says. npt: the nested paging of AMD; nested: a hypervisor in the guest. !: the port of the ' +
  "kernel's own era lacks what these sequences need.";

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

function traceLines({ traces }: KernelResult): string[] {
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

function stressLines({ stress }: KernelResult): string[] {
  if (stress.length === 0) return [];
  const head = [
    'two threads',
    'paging',
    'cycles',
    'judged',
    'not judged',
    'stale MMIO',
    'stale RAM',
  ];
  const rows = stress.map((run) => [
    run.mode,
    PAGING[run.paging],
    ...[run.cycles, run.judged, run.notJudged, run.staleMmio, run.staleRam].map(numberText),
  ]);
  return indented(columns([head, ...rows]));
}

/** What the ports claim to be wrong in the kernel, and what became of it there. */
function findingLines({ areas, traces }: KernelResult): string[] {
  return areas.flatMap((area, i) => {
    const [least] = area.confirmed;
    if (least !== undefined) {
      // Each area has its traces.
      const trace = traces[i];
      return [
        '',
        ...indented([
          `${area.alphabet}, ${area.paging}: wrong in ` +
            `${countText(area.confirmed.length, 'sequence')}, as the port of ${area.era} says`,
          `the least is ${least.word}: ${least.kernel}, right is ${least.allowed.join(' or ')}`,
        ]),
        ...(trace?.story == null ? [] : storyLines(trace.story)),
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

const VERDICTS: Readonly<Record<MutantVerdict, string>> = {
  sequence: 'killed by a sequence',
  wrap: 'killed by many updates',
  race: 'killed by a race',
  panic: 'panics',
  mends: 'mends',
  survives: 'survives',
  unknown: 'unknown',
};

/** One id in model and kernel, and what becomes of it in each. */
function mutantLines({ mutants }: KernelResult): string[] {
  if (mutants.length === 0) return [];
  const rows = mutants.map((one) => [
    one.id.replace(/^v[\d.]+\//, ''),
    VERDICTS[one.model],
    one.kernel === 'survives' && one.model === 'race' ? 'not seen' : VERDICTS[one.kernel],
    one.word ?? '',
    numberText(one.stress.reduce((sum, run) => sum + run.staleMmio + run.staleRam, 0)),
  ]);
  return ['', ...indented(columns([['mutant', 'model', 'kernel', 'sequence', 'stale'], ...rows]))];
}

/** The seed's bug as the kernel had it, and the table of the model. */
function raceLines({ race, modelRace }: KernelResult): string[] {
  if (race.length === 0) return [];
  const rows = race.map(({ time, thread, text }) =>
    thread === 'vCPU' ? [`${time}`, text, ''] : [`${time}`, '', text],
  );
  return [
    '',
    '  the bug of ee3d1570b586 in kvm.ko, up to the first stale answer:',
    ...indented(indented(columns([['us', 'vCPU', 'updater'], ...rows]))),
    ...(modelRace === '' ? [] : ['', '  and in the model:', ...indented(modelRace.split('\n'))]),
  ];
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
