// SPDX-License-Identifier: GPL-2.0-only
// Three ways of running the same mutants in the same scenarios: our lab, Stryker with our runner,
// and stock Stryker with its vitest runner. Each says what became of every mutant, in the words of
// one list, and what it cost.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Pool } from '#lab/pool';
import { portOf } from '#lab/ports';
import type { Task, TaskResult } from '#lab/task';
import { isDetected } from '#lab/verdict';
import { typeErrors } from '#mutation/syntactic/types';
import type { EraName } from '#vocabulary';
import { findGrounds, type Grounds, mutantOf } from '../src/stryker/grounds.ts';
import { type Outcome, outcomeOf, type Report } from '../src/stryker/outcomes.ts';
import { run } from './spin.ts';

export interface Choice {
  readonly era: EraName;
  readonly scenarios: readonly string[] | null;
  /** Files below the folder of the repository, with ranges of lines if they end in `:from-to`. */
  readonly mutate: readonly string[];
  /** Stryker's own checker for its own runner, and not ours. */
  readonly isStockChecker: boolean;
}

export interface RouteResult {
  readonly name: string;
  /** Milliseconds of wall time and of all processors, of the whole command. */
  readonly ms: number;
  readonly cpuMs: number;
  /** The part that grows with the number of mutants: without start, dry run and type check. */
  readonly mutantsMs: number | null;
  /** By the id that the mutant has in our lab. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
}

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const FOLDER = join(ROOT, '.cache/crosscheck');
const WORKERS = 2;

/** What all routes start from: the port as it stands, and the list of mutants. */
export async function groundsOf({ era, scenarios }: Choice): Promise<Grounds> {
  const options = scenarios === null ? { eras: [era] } : { eras: [era], scenarios };
  const [grounds] = (await findGrounds(options)) as [Grounds];
  mkdirSync(FOLDER, { recursive: true });
  const units = grounds.baseline.map(({ scenario, mmio, memoryModel, violations }) => ({
    era,
    scenario,
    mmio,
    memoryModel,
    breaks: violations.map(({ invariant, detail }) => `${invariant}: ${detail}`),
  }));
  writeFileSync(join(FOLDER, 'units.json'), JSON.stringify(units));
  return grounds;
}

/** The lab on these mutants, by variant modules. Type errors are found as `run` finds them. */
export async function byLab(grounds: Grounds, ids: ReadonlySet<string>): Promise<RouteResult> {
  const begin = performance.now();
  const cpu = process.cpuUsage();
  const { era, units, baseline, coverage } = grounds;
  const mutants = grounds.mutants.filter(({ id }) => ids.has(id));
  const errors = typeErrors(portOf(era), mutants);
  const sound = mutants.filter(({ id }) => !errors.has(id));
  const common = { era, units, baseline, coverage, story: [], invariants: [], isComplete: false };
  const entry = new URL('../src/cli/run-worker.ts', import.meta.url);
  const pool = new Pool<Task, TaskResult>(entry, WORKERS, null);
  const beginMutants = performance.now();
  const answers = await pool.run(sound.map((mutant) => ({ ...common, mutant })));
  const end = performance.now();
  await pool.close();
  const outcomes = new Map<string, Outcome>();
  for (const id of errors.keys()) outcomes.set(id, 'compile-error');
  sound.forEach(({ id }, i) => {
    const answer = answers[i]!;
    outcomes.set(id, answer.kind === 'done' ? labOutcome(answer.result) : 'no-answer');
  });
  const { user, system } = process.cpuUsage(cpu);
  return {
    name: 'our lab',
    ms: end - begin,
    cpuMs: (user + system) / 1000,
    mutantsMs: end - beginMutants,
    outcomes,
  };
}

function labOutcome({ verdict, units }: TaskResult): Outcome {
  const { verdict: word, kills } = verdict!;
  if (word === 'unknown') return 'no-answer';
  if (isDetected(word)) {
    return word === 'deadlock' || kills.some(({ kind }) => kind === 'rule') ? 'killed' : 'crash';
  }
  return units.every(({ skipped }) => skipped !== undefined) ? 'not-reached' : 'survived';
}

/** Stryker with our runner. */
export function byOurRunner(grounds: Grounds, choice: Choice): Promise<RouteResult> {
  return byStryker('Stryker, our runner', 'stryker.conf.json', grounds, choice, {});
}

/** Stryker with the vitest runner. */
export function byVitest(grounds: Grounds, choice: Choice): Promise<RouteResult> {
  const checkers = choice.isStockChecker ? {} : { checkers: ['kvm'] };
  const name = 'stock Stryker, vitest';
  return byStryker(name, 'stryker.crosscheck.conf.json', grounds, choice, checkers);
}

async function byStryker(
  name: string,
  file: string,
  grounds: Grounds,
  { era, scenarios, mutate }: Choice,
  changes: object,
): Promise<RouteResult> {
  const report = join(FOLDER, `${file}.report.json`);
  const config = {
    ...(JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as object),
    mutate,
    concurrency: WORKERS,
    reporters: ['json'],
    jsonReporter: { fileName: report },
    kvm: scenarios === null ? { eras: [era] } : { eras: [era], scenarios },
    ...changes,
  };
  const path = join(FOLDER, file);
  writeFileSync(path, JSON.stringify(config));
  Object.assign(process.env, { KVM_CROSSCHECK: join(FOLDER, 'units.json') });
  const stryker = join(ROOT, 'node_modules/@stryker-mutator/core/bin/stryker.js');
  // The shell knows what its children and theirs have cost.
  const script = '"$0" "$@" || exit $?; times';
  const args = ['-c', script, process.execPath, stryker, 'run', path];
  const { status, ms, output } = await run('sh', args, ROOT, 7_200_000);
  if (status !== 0) throw new Error(`${name} ended with ${status}:\n${output.slice(-3000)}`);
  const outcomes = outcomesOf(JSON.parse(readFileSync(report, 'utf8')) as Report, grounds);
  return { name, ms, cpuMs: cpuOf(output), mutantsMs: null, outcomes };
}

function outcomesOf(report: Report, grounds: Grounds): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>();
  for (const [fileName, { mutants }] of Object.entries(report.files)) {
    for (const mutant of mutants) {
      const outcome = outcomeOf(mutant);
      if (outcome === 'ignored') continue;
      const { start, end } = mutant.location;
      const own = mutantOf(grounds, {
        ...mutant,
        fileName,
        replacement: mutant.replacement ?? '',
        location: {
          start: { line: start.line - 1, column: start.column - 1 },
          end: { line: end.line - 1, column: end.column - 1 },
        },
      } as Parameters<typeof mutantOf>[1]);
      if (own !== null) outcomes.set(own.id, outcome);
    }
  }
  return outcomes;
}

/** Last line of `times`: user and system time of the children, such as `1m2.345s 0m0.120s`. */
function cpuOf(output: string): number {
  const [line = ''] = output.trim().split('\n').slice(-1);
  const parts = [...line.matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.reduce(
    (sum, [, minutes, seconds]) => sum + 60_000 * Number(minutes) + 1000 * Number(seconds),
    0,
  );
}
