// SPDX-License-Identifier: GPL-2.0-only
// How long does our own search take, and how much memory? Measured in a process of its own, so that
// nothing is warm that would not be warm for a user and the peak of memory is of one job alone.

import { MachineSearch } from '#explorer/machine-search';
import { prepare } from '#explorer/search';
import type { SearchOptions } from '#explorer/search-options';
import { BUDGET_STATES, programOfSize, systemOf } from './sizes.ts';
import { run } from './spin.ts';

export interface Measured {
  readonly states: number;
  readonly transitions: number;
  /** How often port code was unfolded. */
  readonly nodes: number;
  /** Milliseconds from the scenario to the complete outcome, the first time in a process. */
  readonly coldMs: number;
  /** The same, best of the later times; null if there was none. */
  readonly warmMs: number | null;
  /** The same, best of all times, counted by processor: what else runs changes it little. */
  readonly cpuMs: number;
  /** The part of the best time that the search takes; the rest is unfolding and analysis. */
  readonly searchMs: number;
  /** Peak of the process, Node included. */
  readonly memoryMb: number;
}

export interface MeasuredProcess extends Measured {
  /** Milliseconds of the whole process, from its start to its end, with one job. */
  readonly processMs: number;
}

const OPTIONS: SearchOptions = { memoryModel: 'sc', budgetStates: BUDGET_STATES, wantEnds: false };

/** Runs a size `rounds` times in this process. */
export async function measure(size: string, rounds: number): Promise<Measured> {
  const system = await systemOf(size);
  const times: { all: number; search: number; cpu: number }[] = [];
  let counts = { states: 0, transitions: 0, nodes: 0 };
  for (let round = 0; round < rounds; round++) {
    const begin = performance.now();
    const before = process.cpuUsage();
    const program = programOfSize(size, system);
    const prepared = prepare(program, OPTIONS);
    if (prepared === null) throw new Error(`${size} cannot be completed`);
    const middle = performance.now();
    const { machine, events, nodes } = prepared;
    const outcome = new MachineSearch(program, machine, events, nodes, OPTIONS).run();
    if (!outcome.isComplete) throw new Error(`${size} is larger than the budget of states`);
    const end = performance.now();
    const { user, system: kernel } = process.cpuUsage(before);
    times.push({ all: end - begin, search: end - middle, cpu: (user + kernel) / 1000 });
    const { states, transitions } = outcome.counts;
    counts = { states, transitions, nodes };
  }
  const [cold, ...warm] = times;
  const best = [...times].sort((a, b) => a.all - b.all)[0]!;
  return {
    ...counts,
    coldMs: cold!.all,
    warmMs: warm.length === 0 ? null : Math.min(...warm.map(({ all }) => all)),
    cpuMs: Math.min(...times.map(({ cpu }) => cpu)),
    searchMs: best.search,
    memoryMb: process.resourceUsage().maxRSS / 1024,
  };
}

/** Measures a size in processes of its own. Null if the limit of time is too short. */
export async function measureApart(size: string, limitMs: number): Promise<MeasuredProcess | null> {
  const once = await measureIn(size, 1, limitMs);
  if (once === null) return null;
  // What is slow is not run more often than needed.
  if (once.cpuMs > 5_000) return once;
  const again = await measureIn(size, 1, limitMs);
  const warm = await measureIn(size, 4, limitMs);
  if (again === null || warm === null) return once;
  const best = again.processMs < once.processMs ? again : once;
  const cpuMs = Math.min(best.cpuMs, warm.cpuMs);
  return { ...best, warmMs: warm.warmMs, cpuMs, searchMs: warm.searchMs };
}

async function measureIn(
  size: string,
  rounds: number,
  limitMs: number,
): Promise<MeasuredProcess | null> {
  const main = new URL('main.ts', import.meta.url).pathname;
  const args = ['--max-old-space-size=8192', main, 'measure', size, String(rounds)];
  const { status, isCut, ms, output } = await run(process.execPath, args, '.', limitMs);
  if (isCut) return null;
  if (status !== 0) throw new Error(`${size}: ${output.trim()}`);
  return { ...(JSON.parse(output) as Measured), processMs: ms };
}
