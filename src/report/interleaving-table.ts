// SPDX-License-Identifier: GPL-2.0-only
// What does a counterexample look like? A table in the manner of kernel commit messages: a column per
// CPU, time runs down, one row per step, and the line that breaks the invariant marked with `=>`.

import type { Replayed, ReplayRow } from '#explorer/replay';
import type { RunEvent } from '#explorer/run';
import { everything, type Item, tellingFrame, whatMatters } from './interleaving-table-choice.ts';

export interface TableOptions {
  /** An era, or the id of a mutant. */
  readonly subject: string;
  /** What is different in the mutant, in one line; null for an era as it stands. */
  readonly description: string | null;
  readonly scenario: string;
  /** The size in words, such as `1 vCPU, 1 update, 1 exit, EPT`. */
  readonly size: string;
  /** The invariant that the counterexample is about. */
  readonly invariant: string;
  /** True for events that break it. */
  readonly breaks: (event: RunEvent) => boolean;
  /** The schedule as one word. */
  readonly schedule: string;
  /** Every step, with its function and line. */
  readonly isVerbose: boolean;
  /** Columns of the terminal; lines may be longer only where a word is. */
  readonly width?: number;
}

const WIDTH = 100;
const NUMBER = 5;
const BETWEEN = ' | ';

/** Draws the table, with a line end after the last line. */
export function interleavingTable(replayed: Replayed, options: TableOptions): string {
  const width = options.width ?? WIDTH;
  const items = options.isVerbose ? everything(replayed) : whatMatters(replayed, options.breaks);
  const lines = linesOf(replayed, items, options);
  const widths = widthsOf(replayed, lines, width);
  const body = lines.flatMap((line) => drawn(line, widths, width));
  const heads = replayed.threads.map((name, t) => `${name} (CPU ${t})`);
  return [
    ...head(replayed, options, width),
    '',
    ...drawn({ kind: 'cells', number: '', thread: -1, text: '', heads }, widths, width),
    ...body,
    ...others(replayed, options, width),
    '',
    `replay: ${options.schedule}`,
    '',
  ].join('\n');
}

interface Cells {
  readonly kind: 'cells';
  readonly number: string;
  readonly thread: number;
  readonly text: string;
  /** Text for every column at once: the heads. */
  readonly heads?: readonly string[];
  readonly fold?: readonly ReplayRow[];
}

type Line = Cells | { readonly kind: 'across'; readonly mark: string; readonly text: string };

function head(replayed: Replayed, options: TableOptions, width: number): string[] {
  const { subject, description, scenario, size, invariant } = options;
  return [
    subject,
    ...(description === null ? [] : wrapped(description, width - 2).map((line) => `  ${line}`)),
    `${scenario}: ${size}, ${replayed.memoryModel}`,
    `breaks ${invariant}`,
  ];
}

/** Events of other invariants, which the same schedule happens to break. */
function others(replayed: Replayed, options: TableOptions, width: number): string[] {
  const rest = replayed.events.filter((event) => !options.breaks(event));
  const texts = [...new Set(rest.map(textOf))];
  if (texts.length === 0) return [];
  return ['', ...wrapped(`also: ${texts.join('; ')}`, width)];
}

function textOf({ kind, detail }: RunEvent): string {
  return detail === '' ? kind : `${kind}: ${detail}`;
}

function linesOf(replayed: Replayed, items: readonly Item[], options: TableOptions): Line[] {
  const lines: Line[] = [];
  const told = new Set<RunEvent>();
  const heading = replayed.threads.map(() => '');
  const tell = (events: readonly RunEvent[]) => {
    for (const event of events.filter(options.breaks)) {
      told.add(event);
      lines.push({ kind: 'across', mark: '=>', text: textOf(event) });
    }
  };
  for (const item of items) {
    if (item.kind === 'rest' || item.kind === 'deadlock') {
      lines.push({ kind: 'across', mark: '', text: afterwards(replayed, item) });
      heading.fill('');
      continue;
    }
    const { thread } = item;
    if (item.kind === 'fold') {
      lines.push({ kind: 'cells', number: '', thread, text: '', fold: item.rows });
      continue;
    }
    const { row, at } = item;
    const frame = tellingFrame(row);
    const isBracket = row.step.section !== 0 || row.step.lock !== 0;
    const isOutside = frame === null || row.kind === 'flush';
    const name = isOutside || isBracket ? '' : `${frame.function}()`;
    if (name !== '' && name !== heading[thread])
      lines.push({ kind: 'cells', number: '', thread, text: name });
    heading[thread] = name === '' && !isBracket ? '' : name === '' ? heading[thread]! : name;
    const indent = name === '' ? '' : '  ';
    lines.push({ kind: 'cells', number: String(at), thread, text: `${indent}${rowText(row)}` });
    if (options.isVerbose && row.frames[0] !== undefined) {
      const text = `${indent}  ${row.frames[0].function}() ${row.frames[0].place}`;
      lines.push({ kind: 'cells', number: '', thread, text });
    }
    tell(row.events);
  }
  const untold = replayed.events.filter((event) => ![...told].some((t) => isSame(t, event)));
  tell(untold);
  return lines;
}

/** What is left of a vCPU is asked again; what is left of other threads is the VM, asked anew. */
function afterwards({ threads }: Replayed, item: Item & { kind: 'rest' | 'deadlock' }): string {
  if (item.kind === 'deadlock') return 'nobody can go on:';
  const name = threads[item.thread]!;
  return name.startsWith('vCPU') ? `at rest, ${name}:` : 'at rest, new vCPUs:';
}

function isSame(a: RunEvent, b: RunEvent): boolean {
  return a.kind === b.kind && a.detail === b.detail;
}

function rowText(row: ReplayRow): string {
  if (row.kind === 'flush') return `store reaches memory: ${row.text}`;
  return row.isDelayed ? `${row.text} (in store buffer)` : row.text;
}

/** How many steps, and the function that most of them belong to. */
function foldText(rows: readonly ReplayRow[], columns: number): string {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const name = tellingFrame(row)?.function;
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  const count = `  .. ${rows.length} steps`;
  const text = most === undefined ? count : `${count} in ${most[0]}()`;
  return text.length <= columns ? text : count;
}

/** Each column gets what it needs if there is room; else they share. */
function widthsOf(replayed: Replayed, lines: readonly Line[], width: number): number[] {
  const needed = replayed.threads.map((name, t) =>
    Math.max(
      `${name} (CPU ${t})`.length,
      ...lines.map((line) => (line.kind === 'cells' && line.thread === t ? line.text.length : 0)),
    ),
  );
  let room = width - NUMBER - BETWEEN.length * (needed.length - 1);
  const widths = needed.map(() => 0);
  const order = [...needed.keys()].sort((a, b) => needed[a]! - needed[b]!);
  order.forEach((t, i) => {
    widths[t] = Math.min(needed[t]!, Math.floor(room / (order.length - i)));
    room -= widths[t]!;
  });
  return widths;
}

function drawn(line: Line, widths: readonly number[], width: number): string[] {
  if (line.kind === 'across') {
    const indent = line.mark.padStart(NUMBER - 1).padEnd(NUMBER);
    return wrapped(line.text, width - NUMBER).map((text, i) =>
      `${i === 0 ? indent : ' '.repeat(NUMBER)}${text}`.trimEnd(),
    );
  }
  const cells = widths.map((columns, t) => {
    if (line.heads !== undefined) return wrapped(line.heads[t]!, columns);
    if (line.thread !== t) return [''];
    return wrapped(line.fold === undefined ? line.text : foldText(line.fold, columns), columns);
  });
  const height = Math.max(...cells.map((cell) => cell.length));
  return Array.from({ length: height }, (_, i) => {
    const number = (i === 0 ? line.number : '').padStart(NUMBER - 1);
    const texts = cells.map((cell, t) => (cell[i] ?? '').padEnd(widths[t]!));
    return `${number} ${texts.join(BETWEEN)}`.trimEnd();
  });
}

/** Breaks a text at spaces; further lines are indented two columns more than the first. */
function wrapped(text: string, width: number): string[] {
  const indent = /^ */.exec(text)![0];
  const lines: string[] = [];
  let line = indent;
  for (const word of wordsOf(text, width - indent.length - 4)) {
    const joined = line.trim() === '' ? `${line}${word}` : `${line} ${word}`;
    if (joined.length <= width || line.trim() === '') line = joined;
    else {
      lines.push(line);
      line = `${indent}    ${word}`;
    }
  }
  return [...lines, line];
}

/** A word that fits no line is broken where the line ends. */
function wordsOf(text: string, width: number): string[] {
  return text
    .trim()
    .split(/ +/)
    .flatMap((word) => word.match(new RegExp(`.{1,${Math.max(8, width)}}`, 'g')) ?? ['']);
}
