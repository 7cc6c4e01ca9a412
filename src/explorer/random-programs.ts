// SPDX-License-Identifier: GPL-2.0-only
// Do the engines agree on programs that nobody chose? Small random programs, each made anew for
// each engine from its seed, judged by brute force where the interleavings can be counted out and
// by the plain search everywhere.

import { init_srcu_struct } from '#linux/srcu';
import { allocate } from '#linux/struct';
import { type BruteForceOutcome, bruteForce } from './brute-force.ts';
import type { Outcome } from './outcome.ts';
import type { MemoryModel, Program, Thread } from './program.ts';
import { planOf } from './random-plans.ts';
import { arena, type GracePeriod, runBlock, textOf } from './random-statements.ts';
import { rawSearch } from './raw-search.ts';
import { runDirectly } from './run.ts';
import { World } from './world.ts';

/** Something that explores a program and is to be judged. */
export interface Engine {
  readonly name: string;
  readonly memoryModel: MemoryModel;
  readonly explore: (program: Program) => Outcome;
  /** It runs one execution for each order of dependent steps: their number is compared too. */
  readonly countsTraces?: boolean;
  /** It may show an end with threads of one group in other places. */
  readonly reducesSymmetry?: boolean;
  /** What it explores instead of the program of the seed: tests put faults in here. */
  readonly programOf?: (seed: number) => Program;
}

export interface RandomCheck {
  readonly programs: number;
  /** How many of them brute force could count out, by memory model. */
  readonly bruteForced: Readonly<Record<MemoryModel, number>>;
  /** Interleavings that brute force ran, under both memory models. */
  readonly interleavings: number;
  /** Orders of dependent steps under `sc`, of the programs that were counted out. */
  readonly traces: number;
  readonly deadlocks: number;
  /** Readable accounts of every disagreement; empty if all engines agree. */
  readonly disagreements: readonly string[];
}

const INTERLEAVINGS_MAX = 3000;
const STATES_MAX = 1_000_000;

/**
 * Judges every engine on the programs of the seeds `firstSeed` to `firstSeed + count - 1`. Programs
 * with more than `interleavingsMax` interleavings are judged by the plain search alone.
 */
export function checkRandomPrograms(
  count: number,
  engines: readonly Engine[],
  firstSeed = 1,
  interleavingsMax = INTERLEAVINGS_MAX,
): RandomCheck {
  const models = [...new Set(engines.map((engine) => engine.memoryModel))];
  const bruteForced = { sc: 0, 'pso-release': 0 };
  const disagreements: string[] = [];
  let [interleavings, traces, deadlocks] = [0, 0, 0];
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    for (const memoryModel of models) {
      const options = { memoryModel, budgetStates: STATES_MAX, wantEnds: true };
      const raw = rawSearch(randomProgram(seed), options);
      const brute = bruteForce(randomProgram(seed), {
        memoryModel,
        budgetInterleavings: interleavingsMax,
        wantEnds: true,
      });
      if (raw.events.some((event) => event.kind === 'deadlock')) deadlocks++;
      const complain = (name: string, what: readonly string[]) => {
        if (what.length > 0) disagreements.push(account(seed, memoryModel, name, what));
      };
      if (brute.isComplete) {
        bruteForced[memoryModel]++;
        interleavings += brute.interleavings;
        traces += brute.traces;
        complain('raw-search', differences(brute, raw, null));
      }
      for (const engine of engines.filter((e) => e.memoryModel === memoryModel)) {
        const program = (engine.programOf ?? randomProgram)(seed);
        complain(engine.name, judge(engine, program, raw, brute));
      }
    }
  }
  return { programs: count, bruteForced, interleavings, traces, deadlocks, disagreements };
}

/** All that is wrong with what an engine makes of a program; an error that it throws, too. */
function judge(
  engine: Engine,
  program: Program,
  raw: Outcome,
  brute: BruteForceOutcome,
): readonly string[] {
  let found: Outcome;
  try {
    found = engine.explore(program);
  } catch (error) {
    return [`throws ${error instanceof Error ? error.message : String(error)}`];
  }
  const mayMove = engine.reducesSymmetry === true ? program.threads : null;
  const what = differences(raw, found, mayMove);
  return engine.countsTraces === true ? [...what, ...wrongCount(brute, found)] : what;
}

/** What the judge found and the engine did not, or the other way round. */
function differences(judge: Outcome, found: Outcome, mayMove: readonly Thread[] | null): string[] {
  if (!judge.isComplete || !found.isComplete) return ['a budget ran out'];
  const texts = (outcome: Outcome) => [
    ...outcome.events.map((event) => `event ${event.kind} ${event.detail}`),
    ...outcome.ends.map((end) => `end ${mayMove === null ? end : settled(end, mayMove)}`),
  ];
  const expected = new Set(texts(judge));
  const actual = new Set(texts(found));
  return [
    ...[...expected].filter((text) => !actual.has(text)).map((text) => `misses ${text}`),
    ...[...actual].filter((text) => !expected.has(text)).map((text) => `invents ${text}`),
  ];
}

function wrongCount(brute: BruteForceOutcome, found: Outcome): string[] {
  const { executions } = found.counts;
  if (!brute.isComplete || executions === brute.traces) return [];
  return [`runs ${executions} executions for ${brute.traces} orders`];
}

/** The least of the texts that an end has when threads of one group change places. */
function settled(end: string, threads: readonly Thread[]): string {
  const own = /own cell (\d+) of thread (\d+)=(\S+) ?/g;
  const byThread = threads.map(() => [] as string[]);
  for (const [, cell, thread, value] of end.matchAll(own)) {
    byThread[Number(thread)]?.push(`${cell}=${value}`);
  }
  const tuples = byThread.map((cells, t) => `${threads[t]!.group}:${cells.join()}`).sort();
  return `${tuples.join(' ')} ${end.replaceAll(own, '')}`;
}

function account(seed: number, model: MemoryModel, name: string, what: readonly string[]): string {
  const { threads } = planOf(seed);
  const bodies = threads.map((plan, t) =>
    [`thread ${t} of group ${plan.group}`, ...plan.rounds.map((round) => textOf(round))].join('\n'),
  );
  return [`program ${seed} (${model}): ${name}`, ...what, ...bodies].join('\n');
}

/** The random program of a seed: a new world at every call. */
export function randomProgram(seed: number, grace: GracePeriod = 'exact'): Program {
  const plan = planOf(seed);
  const world = new World({
    threads: plan.threads.length,
    allocator: 0,
    granularity: plan.granularity,
    config: { failAllocations: [] },
  });
  const s = runDirectly(world, -1, () => {
    const made = allocate(arena, 'zero', false);
    init_srcu_struct(made.srcu);
    return made;
  }).result;
  const threads = plan.threads.map(
    ({ group, rounds }, t): Thread => ({
      name: `thread ${t}`,
      group,
      rounds: rounds.length,
      start: [0, 0],
      round: (round, carried) => {
        const registers = { ...carried.map(Number) };
        runBlock(s, registers, rounds[round]!, grace);
        return Object.values(registers);
      },
    }),
  );
  const finale = () => {
    const p = s.p;
    return [s.x, s.y, s.z, p === null ? -1 : p.a];
  };
  return { world, threads, finale };
}
