// SPDX-License-Identifier: GPL-2.0-only
// Which units of a mutant need not be run again? Those that an earlier run has run on the same code
// with the same budget: then only what changed is run, be it one scenario of a hundred.

import { orderOf, type Unit, type UnitOrder, type UnitResult, unitText } from './unit.ts';

/** A unit that was run, with the budget that it had, and what was found before any choice. */
export interface Ran {
  readonly unit: UnitOrder;
  readonly result: UnitResult;
}

export interface Memo {
  readonly run: (unit: Unit) => UnitResult;
  /** What had to be run. */
  readonly ran: readonly Ran[];
}

export function memoOf(known: readonly Ran[], runUnit: (unit: Unit) => UnitResult): Memo {
  const results = new Map(known.map(({ unit, result }) => [textOf(unit), result]));
  const ran: Ran[] = [];
  const run = (unit: Unit): UnitResult => {
    const order = orderOf(unit);
    const before = results.get(textOf(order));
    if (before !== undefined) return before;
    const result = runUnit(unit);
    ran.push({ unit: order, result });
    return result;
  };
  return { run, ran };
}

/** What is known with what is new, each once. */
export function withNew(known: readonly Ran[], ran: readonly Ran[]): readonly Ran[] {
  return [...new Map([...known, ...ran].map((one) => [textOf(one.unit), one])).values()];
}

function textOf(unit: UnitOrder): string {
  return `${unitText(unit)} ${unit.budgetStates} ${unit.closureNodes}`;
}
