// SPDX-License-Identifier: GPL-2.0-only
// In how many different orders can the dependent steps of a program run, and what does each of
// them lead to? Optimal dynamic partial-order reduction (Abdulla, Aronis, Jonsson, Sagonas: POPL
// 2014, and JACM 2017 for locks) under sequential consistency: one execution for each order, none
// twice, none begun in vain. The cross-check of the searches that store states.

import { Execution, type State } from './dpor-execution.ts';
import { type DporEvent, type DporFaults, Order } from './dpor-order.ts';
import { type Planned, type Wakeup, Wakeups } from './dpor-wakeup.ts';
import { Findings, type Outcome } from './outcome.ts';
import type { Program } from './program.ts';

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
    this.#run.push({ thread, footprint, clock, before: state });
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
    const found: { index: number; plan: readonly Planned[] }[] = [];
    const seek = (end: number, thread: number, footprint: DporEvent['footprint']) => {
      const plans = new Map<number, readonly Planned[]>();
      const isReversible = (index: number) => {
        const plan = this.#planWithout(index, thread);
        if (plan !== null) plans.set(index, plan);
        return plan !== null;
      };
      for (const index of this.#order.races(this.#run, end, thread, footprint, isReversible)) {
        found.push({ index, plan: plans.get(index)! });
      }
    };
    for (const [i, event] of this.#run.entries()) seek(i, event.thread, event.footprint);
    if (this.#faults.blockedThreadsDoNotRace !== true) {
      state.nodes.forEach(({ step }, t) => {
        // It waits for ever here, but might have run in the place of what it waits for.
        if (step !== null) {
          const touched = this.#execution.touched(step, t);
          seek(this.#run.length, t, { reads: touched, writes: [] });
        }
      });
    }
    const chosen = this.#faults.onlyLastRace === true ? found.slice(-1) : found;
    for (const { index, plan } of chosen) this.#plan(index, plan);
  }

  /**
   * The execution from `run[index]` on, without that step and what happens after it, and then the
   * next step of the thread; null if that step has to wait there.
   */
  #planWithout(index: number, thread: number): Planned[] | null {
    const rest = this.#order.notAfter(this.#run, index);
    let { before: state } = this.#run[index]!;
    for (const event of rest) state = this.#execution.take(state, event.thread).state;
    if (!this.#execution.isEnabled(state, thread)) return null;
    return [...rest, { thread, footprint: this.#execution.footprint(state, thread) }];
  }

  #plan(index: number, plan: readonly Planned[]): void {
    const { state, sleep, tree } = this.#frames[index]!;
    for (const t of sleep) if (this.#wakeups.afterFirst(state, t, plan) !== null) return;
    if (this.#faults.dropRaceWhenWakeupTree === true && tree.length > 1) return;
    this.#wakeups.insert(tree, state, plan);
  }
}
