// SPDX-License-Identifier: GPL-2.0-only
// In how many different orders can the dependent steps of a program run, and what does each of
// them lead to? Optimal dynamic partial-order reduction (Abdulla, Aronis, Jonsson, Sagonas: POPL
// 2014, and JACM 2017 for locks) under sequential consistency: one execution for each order, none
// twice, none begun in vain. The cross-check of the searches that store states.

import { Execution, type Footprint, type State } from './dpor-execution.ts';
import { type DporEvent, type DporFaults, Order } from './dpor-order.ts';
import { type Planned, type Wakeup, Wakeups } from './dpor-wakeup.ts';
import { Findings, type Outcome } from './outcome.ts';
import type { Program } from './program.ts';
import type { Step } from './step.ts';

export interface DporOptions {
  /** Most executions to run; more means an incomplete outcome. */
  readonly budgetExecutions: number;
  /** Most steps to take in all executions; more means an incomplete outcome. */
  readonly budgetSteps: number;
  readonly wantEnds: boolean;
  /** Only tests set this. */
  readonly faults?: DporFaults;
}

export interface DporOutcome extends Outcome {
  /** Executions that were begun in vain, because another one covers them; 0 unless we are wrong. */
  readonly blockedExecutions: number;
}

/** Explores one execution for each order of dependent steps. */
export function optimalDpor(program: Program, options: DporOptions): DporOutcome {
  return new OptimalDpor(program, options).run();
}

/** A place in the execution that is being run where more than one thread may go on. */
interface Frame {
  readonly state: State;
  /** Threads whose next step, taken here, leads to nothing new. */
  readonly sleep: Set<number>;
  /** What is to be run from here; the first branch is being run. */
  readonly tree: Wakeup[];
}

/** The step `run[index]`, and the thread whose later step could have come in its place. */
interface Race {
  readonly index: number;
  readonly thread: number;
}

class OptimalDpor {
  readonly #options: DporOptions;
  readonly #faults: DporFaults;
  readonly #execution: Execution;
  readonly #findings: Findings;
  readonly #order: Order;
  readonly #wakeups: Wakeups;
  readonly #ends = new Set<string>();
  readonly #run: DporEvent[] = [];
  readonly #frames: Frame[] = [];
  #executions = 0;
  #blocked = 0;
  #steps = 0;
  #isOverBudget = false;

  constructor(program: Program, options: DporOptions) {
    this.#options = options;
    this.#faults = options.faults ?? {};
    this.#execution = new Execution(program);
    this.#findings = new Findings(program, this.#execution.events, options.wantEnds);
    this.#order = new Order(this.#execution.threads, this.#faults);
    this.#wakeups = new Wakeups(this.#execution, this.#order);
  }

  run(): DporOutcome {
    const initial = this.#execution.initial();
    for (const events of this.#execution.initialEvents()) this.#findings.edge(events);
    this.#explore(initial, new Set(), []);
    const counts = {
      states: 0,
      transitions: this.#steps,
      executions: this.#executions,
      nodes: this.#execution.nodeCount(),
    };
    const outcome = this.#findings.outcome(!this.#isOverBudget, counts);
    return { ...outcome, blockedExecutions: this.#blocked };
  }

  #explore(state: State, sleep: Set<number>, tree: Wakeup[]): void {
    const enabled = state.nodes.flatMap((_, t) => (this.#execution.isEnabled(state, t) ? [t] : []));
    if (enabled.length === 0) {
      this.#end(state);
      return;
    }
    if (tree.length === 0) {
      const first = enabled.find((t) => !sleep.has(t));
      if (first === undefined) {
        this.#blocked++;
        return;
      }
      tree.push({ thread: first, below: [] });
    }
    this.#frames.push({ state, sleep, tree });
    while (tree.length > 0 && !this.#isOverBudget) {
      const { thread, below } = tree[0]!;
      this.#follow(state, sleep, thread, below);
      sleep.add(thread);
      tree.shift();
    }
    this.#frames.pop();
  }

  /** Takes one step and explores what follows it. */
  #follow(state: State, sleep: ReadonlySet<number>, thread: number, below: Wakeup[]): void {
    if (++this.#steps > this.#options.budgetSteps) {
      this.#isOverBudget = true;
      return;
    }
    const { state: next, footprint, events } = this.#execution.take(state, thread);
    this.#findings.edge(events);
    const asleep = [...sleep].filter(
      (t) =>
        this.#faults.sleepNeverWoken === true ||
        !this.#order.depend(footprint, this.#execution.footprint(state, t)),
    );
    const clock = this.#order.clockAfter(this.#run, thread, footprint);
    const races = this.#racesOf(thread, footprint, state.nodes[thread]!.step!);
    this.#run.push({ thread, footprint, clock, before: state, races });
    this.#explore(next, new Set(asleep), below);
    this.#run.pop();
  }

  #end(state: State): void {
    this.#executions++;
    const key = this.#execution.keyOf(state);
    if (!this.#ends.has(key)) {
      this.#ends.add(key);
      this.#findings.end(this.#execution.endOf(state));
    }
    this.#reverseRaces(state);
    const isOverBudget = this.#executions >= this.#options.budgetExecutions;
    if (isOverBudget && this.#frames.some(({ tree }) => tree.length > 1)) this.#isOverBudget = true;
  }

  /** Plans an execution for each race of the one that has just ended. */
  #reverseRaces(state: State): void {
    const races = this.#run.flatMap((event) =>
      event.races.map((index): Race => ({ index, thread: event.thread })),
    );
    if (this.#faults.blockedThreadsDoNotRace !== true) {
      for (const [thread, { step }] of state.nodes.entries()) {
        if (step === null) continue;
        // It waits for ever here, but might have run in the place of what it waits for.
        const footprint = { reads: this.#execution.touched(step, thread), writes: [] };
        for (const index of this.#racesOf(thread, footprint, step)) races.push({ index, thread });
      }
    }
    const chosen = this.#faults.onlyLastRace === true ? races.slice(-1) : races;
    for (const race of chosen) this.#plan(race);
  }

  /** The races of a step that comes after the execution as it stands. */
  #racesOf(thread: number, footprint: Footprint, step: Step): readonly number[] {
    const isReversible = (index: number) =>
      step.waits.length === 0 || this.#execution.isEnabled(this.#without(index), thread);
    return this.#order.races(this.#run, thread, footprint, isReversible);
  }

  /** The state after the execution without the step `run[index]` and what happens after it. */
  #without(index: number, rest = this.#order.notAfter(this.#run, index)): State {
    let { before: state } = this.#run[index]!;
    for (const { thread } of rest) {
      state = this.#execution.take(state, thread).state;
    }
    return state;
  }

  /**
   * Plans an execution in which the later step of a race comes without the earlier one: what does
   * not happen after the earlier one, and then the later one. Nothing is planned if a sleeping
   * thread may come first, since what begins with it has been explored.
   */
  #plan({ index, thread }: Race): void {
    const { state, sleep, tree } = this.#frames[index]!;
    const rest = this.#order.notAfter(this.#run, index);
    const isFirst = (t: number, plan: readonly Planned[]) =>
      this.#wakeups.afterFirst(state, t, plan) !== null;
    // A thread whose step is among these need not be asked about the last step of the plan.
    const known = new Set([thread, ...rest.map((event) => event.thread)]);
    for (const t of sleep) if (known.has(t) && isFirst(t, rest)) return;
    const last = this.#execution.footprint(this.#without(index, rest), thread);
    const plan = [...rest, { thread, footprint: last }];
    for (const t of sleep) if (!known.has(t) && isFirst(t, plan)) return;
    if (this.#faults.dropRaceWhenWakeupTree === true && tree.length > 1) return;
    this.#wakeups.insert(tree, state, plan);
  }
}
