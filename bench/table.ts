// SPDX-License-Identifier: GPL-2.0-only
// How do rows of texts become a table that a terminal and a Markdown page both show?

/** Aligns columns; the first to the left, all others to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...all.map((row) => (row[i] ?? '').length)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((w, i) => pad(row[i] ?? '', w, i === 0)).join(' | ')} |`;
  const dashes = (w: number, i: number) => `-${'-'.repeat(w)}${i === 0 ? '-' : ':'}`;
  const rule = `|${widths.map(dashes).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

function pad(text: string, width: number, isLeft: boolean): string {
  return isLeft ? text.padEnd(width) : text.padStart(width);
}

/** A whole number with commas between thousands. */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Milliseconds as a short text: `12 ms`, `0.65 s`, `31 s`. */
export function time(ms: number): string {
  if (ms < 9.5) return `${ms.toFixed(1)} ms`;
  if (ms < 300) return `${ms.toFixed(0)} ms`;
  return ms < 9_950 ? `${(ms / 1000).toFixed(2)} s` : `${(ms / 1000).toFixed(0)} s`;
}

/** How many times as large `a` is as `b`. */
export function ratio(a: number, b: number): string {
  const value = a / b;
  return `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)}x`;
}
