// SPDX-License-Identifier: GPL-2.0-only
// Do all engines agree on many random programs? What the tests do on a few hundred programs per
// commit, as far as one wants to go.

import { optimalDpor } from '#explorer/dpor';
import type { MemoryModel, Program } from '#explorer/program';
import { checkRandomPrograms, type Engine } from '#explorer/random-programs';
import { search } from '#explorer/search';
import { ALL_REDUCTIONS, type Reductions } from '#explorer/search-options';
import { count } from './table.ts';

const BUDGET = 1_000_000;
const NO_REDUCTION: Reductions = {
  summarise: false,
  minimise: false,
  merge: false,
  quiet: false,
  fuse: false,
  symmetry: false,
};

const SUMMARISED: Reductions = { ...NO_REDUCTION, summarise: true };

/** Each adds one reduction to those before it. */
const STAGES: Readonly<Record<string, Reductions>> = {
  'automata completed': NO_REDUCTION,
  'calls summarised': SUMMARISED,
  minimised: { ...SUMMARISED, minimise: true },
  'classes merged': { ...SUMMARISED, minimise: true, merge: true },
  'quiet steps': { ...ALL_REDUCTIONS, fuse: false, symmetry: false },
  'private steps': { ...ALL_REDUCTIONS, symmetry: false },
  'all reductions': ALL_REDUCTIONS,
};

/**
 * Every engine that can be judged: the reduced search stage by stage, and DPOR where it applies.
 */
export function enginesOf(models: readonly MemoryModel[]): Engine[] {
  const searches = models.flatMap((memoryModel) =>
    Object.entries(STAGES).map(([name, reductions]) => ({
      name,
      memoryModel,
      reducesSymmetry: reductions.symmetry,
      explore: (program: Program) =>
        search(program, { memoryModel, budgetStates: BUDGET, wantEnds: true, reductions }),
    })),
  );
  return models.includes('sc') ? [...searches, DPOR] : searches;
}

const DPOR: Engine = {
  name: 'optimal DPOR',
  memoryModel: 'sc',
  countsTraces: true,
  explore: (program) =>
    optimalDpor(program, { budgetExecutions: BUDGET, budgetSteps: 100 * BUDGET, wantEnds: true }),
};

/** Programs that are judged at once, so that progress can be printed. */
const BATCH = 100;

/** Returns how many disagreements there were. */
export function randomPrograms(programs: number, print: (text: string) => void): number {
  const engines = enginesOf(['sc', 'pso-release']);
  const names = engines.map(({ name, memoryModel }) => `${name} (${memoryModel})`);
  print(`judged by brute force and by the plain search: ${names.join(', ')}`);
  const total = { sc: 0, 'pso-release': 0, interleavings: 0, traces: 0, deadlocks: 0, wrong: 0 };
  const begin = performance.now();
  for (let first = 1; first <= programs; first += BATCH) {
    const size = Math.min(BATCH, programs - first + 1);
    const check = checkRandomPrograms(size, engines, first);
    total.sc += check.bruteForced.sc;
    total['pso-release'] += check.bruteForced['pso-release'];
    total.interleavings += check.interleavings;
    total.traces += check.traces;
    total.deadlocks += check.deadlocks;
    total.wrong += check.disagreements.length;
    for (const text of check.disagreements) print(`\n${text}`);
  }
  const seconds = (performance.now() - begin) / 1000;
  print(
    [
      `${count(programs)} programs, ${count(seconds)} s`,
      `counted out by brute force: ${count(total.sc)} under sc, ${count(total['pso-release'])} ` +
        'under pso-release',
      `${count(total.interleavings)} interleavings, ${count(total.traces)} orders (sc)`,
      `${count(total.deadlocks)} explorations with a deadlock`,
      `${count(total.wrong)} disagreements`,
    ].join('\n'),
  );
  return total.wrong;
}
