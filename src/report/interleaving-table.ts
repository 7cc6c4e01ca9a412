// SPDX-License-Identifier: GPL-2.0-only
// What does a counterexample look like? A table in the manner of kernel commit messages: a column
// per CPU, time runs down, one row per step, and the line that breaks the invariant marked with
// `=>`.

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
  /** What it shows instead, if it is about no invariant. */
  readonly ends?: string;
  /** The schedule as one word. */
  readonly schedule: string;
  /** Every step, with its function and line. */
  readonly isVerbose: boolean;
  /** Every step that is shown says on which line it stands. */
  readonly hasLines?: boolean;
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
  return [
    ...head(replayed, options, width),
    '',
    headLine(replayed, widths),
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
  /** Steps that were left out; they take the place of the text. */
  readonly fold?: readonly ReplayRow[];
}

type Line = Cells | { readonly kind: 'across'; readonly mark: string; readonly text: string };

function head(replayed: Replayed, options: TableOptions, width: number): string[] {
  const { subject, description, scenario, size, invariant, ends } = options;
  const shows = ends === undefined ? [`breaks ${invariant}`] : wrapped(ends, width);
  return [
    subject,
    ...(description === null
      ? []
      : wrapped(description, width - 6).map((line) => `  ${line.trim()}`)),
    `${scenario}: ${size}, ${replayed.memoryModel}`,
    ...shows,
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
  const seen = new Set<RunEvent>();
  const headings = replayed.threads.map(() => '');
  const tell = (events: readonly RunEvent[]) => {
    for (const event of events.filter(options.breaks)) {
      seen.add(event);
      lines.push({ kind: 'across', mark: '=>', text: textOf(event) });
    }
  };
  for (const item of items) {
    if (item.kind === 'rest' || item.kind === 'deadlock') {
      lines.push({ kind: 'across', mark: '', text: afterwards(replayed, item) });
      headings.fill('');
      continue;
    }
    const { thread } = item;
    if (item.kind === 'fold') {
      lines.push({ kind: 'cells', number: '', thread, text: '', fold: item.rows });
      continue;
    }
    const { row, at } = item;
    const { heading, text } = options.isVerbose ? told(row) : shown(row, options.hasLines === true);
    const add = (number: string, line: string) =>
      lines.push(
        row.kind === 'rest'
          ? { kind: 'across', mark: number, text: line }
          : { kind: 'cells', number, thread, text: line },
      );
    if (heading !== null && heading !== '' && heading !== headings[thread]) add('', heading);
    if (heading !== null) headings[thread] = heading;
    add(String(at), heading === null || heading === '' ? text : `  ${text}`);
    tell(row.events);
  }
  const untold = replayed.events.filter((event) => ![...seen].some((t) => isSame(t, event)));
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

interface Shown {
  /** The function that the step stands under; empty for none, null for the one before. */
  readonly heading: string | null;
  readonly text: string;
}

/** A step under the function that tells why it is taken. */
function shown(row: ReplayRow, hasLines: boolean): Shown {
  const frame = tellingFrame(row);
  const text = rowText(row);
  if (frame === null) return { heading: '', text };
  // A bracket around others needs no function, and leaves that of the others as it is.
  const isBracket = row.step.section !== 0 || row.step.lock !== 0;
  if (hasLines && !isBracket) return told(row);
  return isBracket ? { heading: null, text } : { heading: `${frame.function}()`, text };
}

/** A step under the function and file in which it stands, with its line. */
function told(row: ReplayRow): Shown {
  const [frame] = row.frames;
  if (frame === undefined) return { heading: '', text: rowText(row) };
  const [path = '', line = ''] = frame.place.split(':');
  return { heading: `${frame.function}() ${path}`, text: `:${line} ${rowText(row)}` };
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

/** Each column gets what it needs if there is room. Else the last one does, and the rest share. */
function widthsOf(replayed: Replayed, lines: readonly Line[], width: number): number[] {
  const needed = headsOf(replayed).map((text, t) => {
    const own = lines.filter((line): line is Cells => line.kind === 'cells' && line.thread === t);
    return Math.max(text.length, ...own.map((line) => line.text.length));
  });
  const room = width - NUMBER - BETWEEN.length * (needed.length - 1);
  if (needed.reduce((sum, columns) => sum + columns) <= room) return needed;
  const last = Math.min(needed.at(-1)!, Math.floor(room / 2));
  const others = needed.slice(0, -1);
  return [...others.map(() => Math.floor((room - last) / others.length)), last];
}

function headsOf({ threads }: Replayed): string[] {
  return threads.map((name, t) => `${name} (CPU ${t})`);
}

function headLine(replayed: Replayed, widths: readonly number[]): string {
  const heads = headsOf(replayed).map((text, t) => text.padEnd(widths[t]!));
  return `${' '.repeat(NUMBER)}${heads.join(BETWEEN)}`.trimEnd();
}

function drawn(line: Line, widths: readonly number[], width: number): string[] {
  if (line.kind === 'across') {
    const indent = line.mark.padStart(NUMBER - 1).padEnd(NUMBER);
    return wrapped(line.text, width - NUMBER).map((text, i) =>
      `${i === 0 ? indent : ' '.repeat(NUMBER)}${text}`.trimEnd(),
    );
  }
  const { number, thread, text, fold } = line;
  const columns = widths[thread]!;
  if (fold !== undefined) return [row(widths, number, thread, foldText(fold, columns))];
  // Beside a step nothing happens, so its text may run on over the columns to its right.
  const last = widths.length - 1;
  const room = width - NUMBER - startOf(widths, thread);
  return wrapped(text, thread === last ? columns : room).map((part, i) =>
    row(widths, i === 0 ? number : '', thread, part),
  );
}

/** One line of the table with a text that begins in one column. */
function row(widths: readonly number[], number: string, thread: number, text: string): string {
  const empty = widths.map((columns) => ' '.repeat(columns)).join(BETWEEN);
  const from = startOf(widths, thread);
  const rest = empty.slice(from + text.length);
  // A bar right behind the text would look like a part of it.
  const after = /^\|/.test(rest) ? ` ${rest.slice(1)}` : rest;
  return `${number.padStart(NUMBER - 1)} ${empty.slice(0, from)}${text}${after}`.trimEnd();
}

function startOf(widths: readonly number[], thread: number): number {
  return widths.slice(0, thread).reduce((sum, columns) => sum + columns + BETWEEN.length, 0);
}

/** Breaks a text at spaces; further lines are indented more than the first, if there is room. */
function wrapped(text: string, width: number): string[] {
  const indent = /^ */.exec(text)![0];
  const words = text.trim().split(/ +/);
  const lines: string[] = [];
  let line = indent + words.shift()!;
  for (const word of words) {
    if (line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      lines.push(line);
      const more = Math.min(indent.length + 4, Math.max(indent.length, width - word.length));
      line = ' '.repeat(more) + word;
    }
  }
  return [...lines, line].flatMap((whole) => broken(whole, width));
}

/** A word that is longer than a line goes on in the next. */
function broken(line: string, width: number): string[] {
  if (line.length <= width) return [line];
  return [line.slice(0, width), ...broken(`    ${line.slice(width)}`, width)];
}
