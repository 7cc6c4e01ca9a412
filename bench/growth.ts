// SPDX-License-Identifier: GPL-2.0-only
// How does an exploration grow with what a scenario has? A table of states and time, and a plot in
// which each star is a doubling.

import { type MeasuredProcess, measureApart } from './measure.ts';
import { growingOn } from './sizes.ts';
import { count, table, time } from './table.ts';

const HEAD = ['grows', 'size', 'states', 'steps', 'unfolded', 'job', 'MB'];

interface Grown {
  readonly what: string;
  readonly size: string;
  /** Null if it took longer than the limit. */
  readonly found: MeasuredProcess | null;
}

/** Prints each size as it is measured, then the table and the plot. */
export async function growth(
  era: string,
  limitMs: number,
  print: (text: string) => void,
): Promise<void> {
  print(`Unmutated port of ${era}, EPT's mask, sc. job: wall time of the code when it is warm.\n`);
  const all: Grown[] = [];
  for (const [what, sizes] of Object.entries(growingOn(era))) {
    for (const size of sizes) {
      const grown = { what, size, found: await measureApart(size, limitMs) };
      print(cells(grown).join('  '));
      all.push(grown);
    }
  }
  print(`\n${table(HEAD, all.map(cells))}\n`);
  print(plot(all));
}

function cells({ what, size, found }: Grown): string[] {
  if (found === null) return [what, size, 'over the limit'];
  const { states, transitions, nodes, warmMs, coldMs, memoryMb } = found;
  const job = time(warmMs ?? coldMs);
  return [what, size, count(states), count(transitions), count(nodes), job, count(memoryMb)];
}

/** One line for each size: a star for every doubling of the states. */
export function plot(all: readonly Pick<Grown, 'what' | 'size' | 'found'>[]): string {
  const width = Math.max(...all.map(({ size }) => size.length));
  const lines: string[] = ['states, a star for each doubling'];
  let last = '';
  for (const { what, size, found } of all) {
    if (what !== last) lines.push(what);
    last = what;
    const bar = found === null ? 'over the limit' : '*'.repeat(Math.round(Math.log2(found.states)));
    lines.push(`  ${size.padEnd(width)} ${bar}`);
  }
  return lines.join('\n');
}
