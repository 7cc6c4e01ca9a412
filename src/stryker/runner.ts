// SPDX-License-Identifier: GPL-2.0-only
// How does Stryker run our scenarios? In its own process, by the lab: a test is a unit of an era, a
// mutant is judged as every other mutant is, and what kills it is told with its interleaving.
// Budgets of states end a run, never a clock.

import {
  type CompleteDryRunResult,
  type DryRunResult,
  DryRunStatus,
  type MutantRunOptions,
  type MutantRunResult,
  MutantRunStatus,
  type TestResult,
  type TestRunner,
  TestStatus,
} from '@stryker-mutator/api/test-runner';
import { INVARIANTS } from '#lab/suites';
import { runTask, type TaskResult, unitOf } from '#lab/task';
import { runUnit, type UnitName, unitText } from '#lab/unit';
import { isDetected, type Verdict } from '#lab/verdict';
import type { Mutant } from '#mutation/mutant';
import { tableOf } from '../report/story-table.ts';
import {
  findGrounds,
  type Grounds,
  type KvmOptions,
  mutantOf,
  readGrounds,
  saveGrounds,
} from './grounds.ts';
import { loadSwitched, switches } from './switched.ts';

export class KvmTestRunner implements TestRunner {
  readonly #options: KvmOptions;
  readonly #sandbox: string;
  #grounds: readonly Grounds[] | null = null;

  /** `sandbox`: the folder with the instrumented files, in which Stryker starts its processes. */
  constructor(options: KvmOptions, sandbox: string = process.cwd()) {
    this.#options = options;
    this.#sandbox = sandbox;
  }

  /** Modules are loaded anew for each mutant. */
  capabilities() {
    return { reloadEnvironment: true };
  }

  async dryRun(): Promise<DryRunResult> {
    try {
      this.#grounds = await findGrounds(this.#options);
      saveGrounds(this.#sandbox, this.#grounds);
      return await this.#cover(this.#grounds);
    } catch (error) {
      return { status: DryRunStatus.Error, errorMessage: String(error) };
    }
  }

  /** Which mutants each unit comes by; and the port with switches must do what the port does. */
  async #cover(grounds: readonly Grounds[]): Promise<CompleteDryRunResult> {
    const context = switches();
    const mutantCoverage = { static: {}, perTest: {} };
    context.mutantCoverage = mutantCoverage;
    const tests: TestResult[] = [];
    for (const { era, units, baseline } of grounds) {
      for (const [i, unit] of units.entries()) {
        context.currentTestId = undefined;
        const system = await loadSwitched(this.#sandbox, era, undefined);
        const id = testId(era, unit);
        context.currentTestId = id;
        const begin = performance.now();
        const result = runUnit(system, unitOf(unit), INVARIANTS);
        const test = { id, name: id, timeSpentMs: performance.now() - begin };
        const isSame = JSON.stringify(result) === JSON.stringify(baseline[i]);
        const failureMessage = `${id}: the port with Stryker's switches is another program`;
        tests.push(
          isSame
            ? { ...test, status: TestStatus.Success }
            : { ...test, status: TestStatus.Failed, failureMessage },
        );
      }
    }
    context.currentTestId = undefined;
    return { status: DryRunStatus.Complete, tests, mutantCoverage };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    this.#grounds ??= readGrounds(this.#sandbox);
    const { activeMutant, testFilter, disableBail } = options;
    const filter = testFilter === undefined ? null : new Set(testFilter);
    const killed: Killed[] = [];
    let nrOfTests = 0;
    for (const grounds of this.#grounds) {
      const mutant = mutantOf(grounds, activeMutant);
      if (mutant === null || (killed.length > 0 && !disableBail)) continue;
      const result = await this.#run(grounds, mutant, activeMutant.id, filter, disableBail);
      if (result === null) continue;
      nrOfTests += result.units.filter(({ skipped }) => skipped === undefined).length;
      if (isDetected(result.verdict!.verdict)) killed.push({ grounds, result });
    }
    switches().activeMutant = undefined;
    if (killed.length === 0) return { status: MutantRunStatus.Survived, nrOfTests };
    const killedBy = killed.flatMap(({ grounds: { era }, result }) => [
      ...new Set(result.verdict!.kills.map((kill) => testId(era, kill))),
    ]);
    const failureMessage = messageOf(killed[0]!.result);
    return { status: MutantRunStatus.Killed, killedBy, failureMessage, nrOfTests };
  }

  /** Null if no chosen unit is of the era. */
  async #run(
    { era, units, baseline, coverage }: Grounds,
    mutant: Mutant,
    activeMutant: string,
    filter: ReadonlySet<string> | null,
    isComplete: boolean,
  ): Promise<TaskResult | null> {
    const chosen = units.flatMap((unit, i) =>
      filter?.has(testId(era, unit)) === false ? [] : [i],
    );
    if (chosen.length === 0) return null;
    const task = {
      era,
      mutant,
      units: chosen.map((i) => units[i]!),
      baseline: chosen.map((i) => baseline[i]!),
      coverage: chosen.map((i) => coverage[i]!),
      story: [],
      invariants: [],
      isComplete,
    };
    return runTask(
      task,
      (loaded, unit, told) => tableOf(loaded, unit, told, [], false),
      () => loadSwitched(this.#sandbox, era, activeMutant),
    );
  }
}

interface Killed {
  readonly grounds: Grounds;
  readonly result: TaskResult;
}

function testId(era: string, unit: UnitName): string {
  return `${era} ${unitText(unit)}`;
}

/** Begins with what it died of, so that a reader of the report can tell a crash from a finding. */
function messageOf({ verdict, story }: TaskResult): string {
  return `${causeOf(verdict!)}\n\n${story?.text ?? ''}`.trimEnd();
}

/** `invariant <name>`, `deadlock: <where>` or `crash: <what>`. */
export function causeOf({ verdict, kills, reason }: Verdict): string {
  if (verdict === 'deadlock') return `deadlock: ${reason}`;
  const rule = kills.find(({ kind }) => kind === 'rule');
  return rule === undefined ? reason : `invariant ${rule.invariant}`;
}
