// SPDX-License-Identifier: GPL-2.0-only
// How does an exploration grow with what a scenario has? A table of states and time, a plot in
// which each star is a doubling, and the size that must stay small.

import { availableParallelism, cpus, loadavg } from 'node:os';
import { type MeasuredProcess, measureApart } from './measure.ts';
import { growingOn, USUAL } from './sizes.ts';
import { count, table, time } from './table.ts';

const HEAD = ['grows', 'size', 'states', 'steps', 'unfolded', 'CPU', 'MB'];

/** What the usual size may cost for a mutant, on one core. */
const GOAL_MS = 3000;

export interface Grown {
  readonly what: string;
  readonly size: string;
  /** Null if it took longer than the limit. */
  readonly found: Pick<
    MeasuredProcess,
    'states' | 'transitions' | 'nodes' | 'cpuMs' | 'memoryMb'
  > | null;
}

/** Prints each size as it is measured, then the table and the plot. */
export async function growth(
  era: string,
  limitMs: number,
  print: (text: string) => void,
): Promise<void> {
  print(
    `Unmutated port of ${era}, EPT's mask, sc, each size in processes of its own. CPU: processor`,
  );
  print('time of the cheapest job, with all threads of Node; warm, unless a job takes seconds.');
  print(`${machineText()}\n`);
  const all: Grown[] = [];
  for (const [what, sizes] of Object.entries(growingOn(era))) {
    for (const size of sizes) {
      const known = all.find((one) => one.size === size);
      const grown = { what, size, found: known?.found ?? (await measureApart(size, limitMs)) };
      print(cells(grown).join('  '));
      all.push(grown);
    }
  }
  print(`\n${table(HEAD, all.map(cells))}\n`);
  print(`${plot(all)}\n`);
  print(goalText(all));
}

/** The kind of machine, and how busy it was: enough to compare two runs by. */
function machineText(): string {
  const model = cpus()[0]?.model.trim() || 'a processor without a name';
  const [load = 0] = loadavg();
  const cores = `${availableParallelism()} threads of ${model}`;
  return `${cores}, Node ${process.versions.node}, load ${load.toFixed(1)}`;
}

function cells({ what, size, found }: Grown): string[] {
  if (found === null) return [what, size, 'over the limit'];
  const { states, transitions, nodes, cpuMs, memoryMb } = found;
  return [
    what,
    size,
    count(states),
    count(transitions),
    count(nodes),
    time(cpuMs),
    count(memoryMb),
  ];
}

/** Two lines for each size: a star for each doubling of the states, a plus for that of the time. */
export function plot(all: readonly Grown[]): string {
  const width = Math.max(...all.map(({ size }) => size.length));
  const lines: string[] = ['*: each doubling of the states; +: each doubling of a millisecond'];
  let last = '';
  for (const { what, size, found } of all) {
    if (what !== last) lines.push('', what);
    last = what;
    if (found === null) {
      lines.push(`  ${size.padEnd(width)} over the limit`);
      continue;
    }
    lines.push(`  ${size.padEnd(width)} ${bar('*', found.states)} ${count(found.states)}`);
    lines.push(`  ${''.padEnd(width)} ${bar('+', found.cpuMs)} ${time(found.cpuMs)}`);
  }
  return lines.join('\n');
}

function bar(mark: string, value: number): string {
  return mark.repeat(Math.max(1, Math.round(Math.log2(value))));
}

/** What the usual size takes, against what it may. */
export function goalText(all: readonly Grown[]): string {
  const usual = all.find(({ size }) => size.startsWith(`${USUAL} `));
  if (usual === undefined) return `${USUAL} was not measured`;
  const { size, found } = usual;
  if (found === null) return `${size}: over the limit, not within ${time(GOAL_MS)}`;
  const word = found.cpuMs <= GOAL_MS ? 'within' : 'NOT within';
  const took = `${time(found.cpuMs)} of one core for a mutant`;
  return `${size}: ${took}, ${word} the ${time(GOAL_MS)} of the goal`;
}
