// SPDX-License-Identifier: GPL-2.0-only
// What is each piece of a fix for? A port that has all others and lacks this one is run in the
// scenarios of the fix: what it breaks then is the row of the matrix.

import { INVARIANTS, SCENARIOS } from '#lab/suites';
import { ask } from '#lab/tree/asked';
import { runUnit } from '#lab/unit';
import { unitsOf } from '#lab/units';
import type { SystemUnderTest } from '#vocabulary';
import type { Fix, Piece } from '../review/fix.ts';
import type { MatrixRow } from '../review/fix-text.ts';
import { loadMutant } from './subjects.ts';

/** A row for each piece, in the order of the fix. */
export async function matrixOf(fix: Fix, isOver: () => boolean): Promise<MatrixRow[]> {
  const rows: MatrixRow[] = [];
  for (const { name, without } of fix.pieces) {
    if (isOver()) break;
    rows.push({ piece: name, mutant: without, breaks: await breaksWithout(fix, without) });
  }
  return rows;
}

async function breaksWithout(fix: Fix, mutant: Piece['without']): Promise<string[]> {
  if (mutant === null) return [];
  const { system } = await loadMutant(mutant);
  const broken = new Set<string>();
  for (const { scenario, on } of runsOn(fix, system)) {
    const choice = { scenarios: [scenario], memoryModel: 'sc', budgetStates: null } as const;
    for (const unit of unitsOf(system.era, choice))
      for (const { invariant, detail, isKnown } of runUnit(on, unit, INVARIANTS).violations)
        if (!isKnown && fix.invariants.includes(invariant) && fix.counts(detail, invariant))
          broken.add(invariant);
  }
  return [...broken].sort();
}

/** The scenarios of a fix, each with the system that it runs on. */
function runsOn(fix: Fix, system: SystemUnderTest) {
  const common = SCENARIOS.filter(({ id }) => fix.scenarios.includes(id));
  const own = ask(system, null, (asked) => fix.own?.(asked) ?? []) ?? [];
  return [
    ...common.map((scenario) => ({ scenario, on: system })),
    ...own.map(({ scenario, born }) => ({ scenario, on: bornWith(system, born) })),
  ];
}

/** A system whose VMs begin as a fix wants them. */
export function bornWith(
  system: SystemUnderTest,
  born: ((vm: ReturnType<SystemUnderTest['boot']>) => void) | undefined,
): SystemUnderTest {
  if (born === undefined) return system;
  return {
    ...system,
    boot: (gfns) => {
      const vm = system.boot(gfns);
      born(vm);
      return vm;
    },
  };
}
