// SPDX-License-Identifier: GPL-2.0-only
// Do the engines agree on programs that nobody chose? Small random programs, each made anew for
// each engine from its seed, judged by brute force where the interleavings can be counted out and
// by the plain search everywhere.

import { init_srcu_struct } from '#linux/srcu';
import { allocate } from '#linux/struct';
import { type BruteForceOutcome, bruteForce } from './brute-force.ts';
import type { Outcome } from './outcome.ts';
import type { MemoryModel, Program, Thread } from './program.ts';
import {
  arena,
  type Block,
  type FieldName,
  type GracePeriod,
  type LockName,
  runBlock,
  type Statement,
  textOf,
} from './random-statements.ts';
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

/** More interleavings than this are not counted out; the plain search judges alone. */
const INTERLEAVINGS_MAX = 3000;
const STATES_MAX = 1_000_000;

/** Judges every engine on the programs of the seeds `firstSeed` to `firstSeed + count - 1`. */
export function checkRandomPrograms(
  count: number,
  engines: readonly Engine[],
  firstSeed = 1,
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
        budgetInterleavings: INTERLEAVINGS_MAX,
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
        const found = engine.explore(program);
        const mayMove = engine.reducesSymmetry === true ? program.threads : null;
        const what = differences(raw, found, mayMove);
        if (engine.countsTraces === true) what.push(...wrongCount(brute, found));
        complain(engine.name, what);
      }
    }
  }
  return { programs: count, bruteForced, interleavings, traces, deadlocks, disagreements };
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

interface ThreadPlan {
  readonly group: number;
  readonly rounds: readonly Block[];
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
        const registers = carried.map(Number);
        runBlock(s, registers, rounds[round]!, grace);
        return registers;
      },
    }),
  );
  const finale = () => {
    const p = s.p;
    return [s.x, s.y, s.z, p === null ? -1 : p.a];
  };
  return { world, threads, finale };
}

/** The code of the threads of a seed. */
function planOf(seed: number) {
  const random = generator(seed);
  const granularity: 'field' | 'object' = random(2) === 0 ? 'field' : 'object';
  const shape = random(8);
  const size = shape < 5 ? 5 : 2;
  const threads: ThreadPlan[] = [];
  const count = shape < 5 ? 2 : 3;
  const symmetric = random(3) === 0 ? 1 + random(count) : 0;
  const shared = roundsOf(random, size, true);
  for (let t = 0; t < count; t++) {
    const isShared = t < symmetric;
    threads.push({
      group: isShared ? 0 : t,
      rounds: isShared ? shared : roundsOf(random, size, false),
    });
  }
  return { granularity, threads };
}

type Random = (below: number) => number;

function roundsOf(random: Random, size: number, isShared: boolean): Block[] {
  const isSplit = random(4) === 0;
  const first = blockOf(random, isSplit ? size >> 1 : size, isShared, 0);
  return isSplit ? [first, blockOf(random, size - (size >> 1), isShared, 0)] : [first];
}

/** Statements that take about `size` steps. */
function blockOf(random: Random, size: number, isShared: boolean, depth: number): Block {
  const block: Statement[] = [];
  for (let left = size; left > 0; ) {
    const statement = statementOf(random, left, isShared, depth);
    block.push(statement);
    left -= stepsOf(statement);
  }
  return block;
}

/** About how many steps a statement takes; the rarer way of a branch is not counted. */
function stepsOf(it: Statement): number {
  if (it.op === 'if') return Math.max(0.5, sum(it.yes));
  if ('body' in it) return 2 + sum(it.body);
  if (it.op === 'publish') return { keep: 2, free: 4, 'wait-and-free': 6 }[it.retire];
  return it.op === 'increment' || it.op === 'follow' || it.op === 'synchronize' ? 2 : 1;
}

function sum(block: Block): number {
  return block.reduce((steps, statement) => steps + stepsOf(statement), 0);
}

function statementOf(random: Random, left: number, isShared: boolean, depth: number): Statement {
  const field = (['x', 'x', 'y', 'z'] as const)[random(4)] as FieldName;
  const lock: LockName = random(3) === 0 ? 'other' : 'lock';
  const register = random(2);
  const inner = () => blockOf(random, Math.min(2, left - 1), isShared, depth + 1);
  const retire = (['keep', 'free', 'wait-and-free'] as const)[random(3)]!;
  const simple: Statement[] = [
    { op: 'load', to: register, field },
    { op: 'load', to: register, field },
    { op: 'store', field, value: 1 + random(2) },
    { op: 'store', field, value: random(2) },
    { op: 'copy', field, from: register },
    { op: 'increment', field },
    { op: 'fetch-add', to: register, field },
    { op: 'follow', to: register },
    { op: 'warn', register, equals: random(3) },
    { op: 'fence' },
  ];
  // Threads that may change places must not allocate, and a grace period belongs to one thread.
  const single: Statement[] = [
    { op: 'synchronize' },
    { op: 'publish', isRelease: random(3) > 0, retire },
    { op: 'publish', isRelease: true, retire },
  ];
  const choices = isShared ? simple : [...simple, ...single];
  const pick = random(choices.length + (depth < 2 ? 7 : 0));
  if (pick < choices.length) return choices[pick]!;
  const nested = pick - choices.length;
  if (nested < 2) return { op: 'locked', lock, body: inner() };
  if (nested < 3) return { op: 'try-locked', lock, body: inner() };
  if (nested < 5)
    return { op: 'section', body: random(2) ? [{ op: 'follow', to: register }] : inner() };
  return { op: 'if', register, yes: inner(), no: random(2) === 0 ? [] : inner() };
}

/** A sequence of numbers below a bound that depends on the seed alone (mulberry32). */
function generator(seed: number): Random {
  let state = Math.imul(seed, 0x9e37_79b9) | 0;
  return (below) => {
    state = (state + 0x6d2b_79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) % below;
  };
}
