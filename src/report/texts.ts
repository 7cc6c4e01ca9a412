// SPDX-License-Identifier: GPL-2.0-only
// How are small things written, the same everywhere? Numbers with their nouns, masks, sizes.

import type { Scenario } from '#lab/suites';
import type { Unit } from '#lab/unit';

const MASKS = { ept: 'EPT', shadow: 'shadow paging' } as const;

/** `1 mutant`, `2 mutants`, `1,234 states`. */
export function countText(count: number, noun: string, plural = `${noun}s`): string {
  return `${numberText(count)} ${count === 1 ? noun : plural}`;
}

/** `1,234,567`, whatever the locale is. */
export function numberText(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** The size of a unit in words, such as `1 vCPU, 1 update, 1 exit, EPT`. */
export function sizeText({ scenario, mmio }: Pick<Unit, 'scenario' | 'mmio'>): string {
  return `${sizeWords(scenario)}, ${MASKS[mmio]}`;
}

/** The size of a scenario in words. */
export function sizeWords(scenario: Scenario): string {
  if (scenario.kind === 'sequential') return 'one thread';
  const { vcpus, updates, exits } = scenario;
  return [
    countText(vcpus, 'vCPU'),
    countText(updates.length, 'update'),
    countText(exits.length, 'exit'),
  ].join(', ');
}

/** Columns padded to their widest cell, two spaces between them; no spaces at line ends. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  }
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  );
}

/** Breaks a text at spaces so that no line is longer than `width`, unless a word is. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
