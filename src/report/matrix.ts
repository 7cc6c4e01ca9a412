// SPDX-License-Identifier: GPL-2.0-only
// Who kills whom? One row per mutant and one column per invariant; and, in full, every scenario,
// mask and memory model behind each cell.

import type { MutantRun } from '#lab/run';
import type { Invariant } from '#lab/suites';
import { isDetected, isUncounted, type Kill } from '#lab/verdict';
import { columns, wrapText } from './texts.ts';

/** What a reader must not overlook stands out; controls survive by rights. */
function wordOf({ mutant, verdict }: MutantRun): string {
  const { verdict: word } = verdict;
  const isAsItMustBe = mutant.kind === 'control' || isDetected(word) || isUncounted(word);
  return isAsItMustBe ? word : word.toUpperCase();
}

/** Rows and columns. A cell is the number of units in which the mutant breaks the invariant. */
export function matrixText(runs: readonly MutantRun[], invariants: readonly Invariant[]): string {
  const broken = new Set(
    runs.flatMap(({ verdict }) => verdict.kills.map((kill) => kill.invariant)),
  );
  const shown = invariants
    .filter(({ name }) => broken.has(name))
    .sort((a, b) => numberOf(a) - numberOf(b) || (a.number < b.number ? -1 : 1));
  const rows = runs.map((run) => [
    run.mutant.id,
    wordOf(run),
    ...shown.map(({ name }) => cellText(run.verdict.kills, name)),
    ...unitCounts(run).map(String),
  ]);
  const head = ['mutant', 'verdict', ...shown.map(({ number }) => number), ...UNITS];
  const legend = shown.map(({ number, name }) => [`  ${number}`, name]);
  return [
    ...columns([head, ...rows]),
    '',
    ...columns(legend),
    ...LEGEND.flatMap((text) => ['', ...wrapText(text, 78).map((line) => `  ${line}`)]),
    '',
  ].join('\n');
}

const UNITS = ['run', 'unreached', 'spared'];
const LEGEND: readonly string[] = [
  'A unit is a scenario under one mask and one memory model. Below an invariant stands in how ' +
    'many units the mutant breaks it; `.` is none of those that were run.',
  'run: units that the mutant was run in; unreached: units in which the port never enters the ' +
    'code that the mutant edits, so that both do the same; spared: dearer units, not run since ' +
    'cheaper ones gave the verdict, or since the mutant is a control.',
];

/** How many units were run, cannot reach the mutant, and were spared. */
export function unitCounts({ units, spared }: MutantRun): readonly [number, number, number] {
  const run = units.filter(({ skipped }) => skipped === undefined).length;
  return [run, units.length - run, spared];
}

/** Below the matrix: for each mutant the units that kill it, each with the invariants it breaks. */
export function matrixDetails(runs: readonly MutantRun[]): string {
  return runs
    .filter(({ verdict }) => verdict.kills.length > 0)
    .flatMap(({ mutant, verdict }) => ['', mutant.id, ...detailLines(verdict.kills)])
    .concat('')
    .join('\n');
}

function detailLines(kills: readonly Kill[]): string[] {
  const units = new Map<string, Set<string>>();
  for (const { scenario, mmio, memoryModel, invariant } of kills) {
    const unit = `${scenario} ${mmio} ${memoryModel}`;
    units.set(unit, (units.get(unit) ?? new Set()).add(invariant));
  }
  const rows = [...units].map(([unit, names]) => [...unit.split(' '), [...names].join(', ')]);
  return columns(rows.map(([first, ...rest]) => [`  ${first}`, ...rest]));
}

function cellText(kills: readonly Kill[], invariant: string): string {
  const own = kills.filter((kill) => kill.invariant === invariant);
  const units = new Set(own.map((kill) => `${kill.scenario} ${kill.mmio} ${kill.memoryModel}`));
  return units.size === 0 ? '.' : String(units.size);
}

/** I2 comes before I10. */
function numberOf({ number }: Invariant): number {
  return Number(/\d+/.exec(number)?.[0] ?? 0);
}
