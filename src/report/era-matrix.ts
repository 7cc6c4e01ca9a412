// SPDX-License-Identifier: GPL-2.0-only
// What does the matrix of eras and invariants look like? A row for each rule, a column for each
// kernel, and below it what shows each break.

import type { Held } from '#lab/held';
import type { Invariant } from '#lab/suites';
import { columns, countText } from './texts.ts';

const WORDS: Readonly<Record<Held['state'], string>> = {
  holds: 'holds',
  breaks: 'BREAKS',
  unknown: 'unknown',
  'not about it': '-',
};

/** The rows of the matrix, by the number of the invariant; `units` says how many each era has. */
export function eraMatrixRows(
  held: readonly Held[],
  invariants: readonly Invariant[],
): readonly (readonly string[])[] {
  const eras = [...new Set(held.map(({ era }) => era))];
  const sorted = [...invariants].sort((a, b) => numberOf(a) - numberOf(b) || order(a, b));
  return [
    ['', 'invariant', ...eras],
    ...sorted.map(({ name, number }) => [
      number,
      name,
      ...eras.map((era) => {
        const one = held.find((cell) => cell.era === era && cell.invariant === name);
        return one === undefined ? '?' : WORDS[one.state];
      }),
    ]),
  ];
}

/** The matrix and, for each break, where it is seen and how to see it again. */
export function eraMatrixText(
  held: readonly Held[],
  invariants: readonly Invariant[],
  units: ReadonlyMap<string, number>,
): string {
  const counts = [...units].map(([era, count]) => `${era}: ${count}`).join(', ');
  return [
    ...columns(eraMatrixRows(held, invariants)),
    '',
    'holds: in every unit of the era, within its bounds. -: the era, or its port, has nothing',
    'that the rule is about. A unit is a scenario under one mask and one memory model.',
    `units: ${counts}`,
    ...held.filter(({ state }) => state === 'breaks').flatMap(breakLines),
    '',
  ].join('\n');
}

function breakLines({ era, invariant, units, counterexample }: Held): string[] {
  const { scenario, mmio, memoryModel, details, schedule } = counterexample!;
  return [
    '',
    `${era} breaks ${invariant} in ${countText(units, 'unit')}`,
    `  ${scenario} ${mmio} ${memoryModel}: ${[...new Set(details)].join('; ')}`,
    schedule === null ? '  a sequence of one thread' : `  replay: ${schedule}`,
  ];
}

/** I2 comes before I10. */
function numberOf({ number }: Invariant): number {
  return Number(/\d+/.exec(number)?.[0] ?? 0);
}

function order(a: Invariant, b: Invariant): number {
  return a.number < b.number ? -1 : a.number > b.number ? 1 : 0;
}
