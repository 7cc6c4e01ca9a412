// SPDX-License-Identifier: GPL-2.0-only
// How is a path of the reduced search told in real steps? Each operation stands for its step and for
// those that follow it unnoticed: quiet steps of the line, and steps that can only return one value.
// The path is walked on the plain automata, and these steps are taken as soon as they come.

import type { Goal } from './counterexample.ts';
import { type TurnMove, turnsOf } from './counterexample-turns.ts';
import type { MemoryModel, Program } from './program.ts';
import { Execution } from './replay-execution.ts';
import type { Turn } from './schedule.ts';
import type { Prepared } from './search.ts';
import type { Step, ValueId } from './step.ts';

/** One move of the reduced search. */
export interface ToldHop {
  readonly thread: number;
  /** The step, or the store that reaches memory. */
  readonly step: Step;
  readonly isFlush: boolean;
  /** The operations at which the thread stands before and after it; on the line, positions. */
  readonly from: number;
  readonly to: number;
}

/** The turns of the path up to the first event for which `goal` holds, else until all is at rest. */
export function tell(
  program: Program,
  prepared: Prepared,
  memoryModel: MemoryModel,
  boot: readonly ValueId[],
  hops: readonly ToldHop[],
  goal: Goal,
): Turn[] {
  const { automata, events } = prepared;
  const execution = new Execution(program, automata, events, memoryModel, boot);
  return new Telling(program, prepared, memoryModel, execution, goal).tell(hops);
}

class Telling {
  readonly #program: Program;
  readonly #prepared: Prepared;
  readonly #memoryModel: MemoryModel;
  readonly #execution: Execution;
  readonly #goal: Goal;
  readonly #moves: TurnMove[] = [];
  /** For each store in the real buffer of a thread whether the search had it in memory at once. */
  readonly #isQuiet: boolean[][];
  /** How many steps of the line were taken. */
  #position = 0;
  #isDone = false;

  constructor(
    program: Program,
    prepared: Prepared,
    memoryModel: MemoryModel,
    execution: Execution,
    goal: Goal,
  ) {
    this.#program = program;
    this.#prepared = prepared;
    this.#memoryModel = memoryModel;
    this.#execution = execution;
    this.#goal = goal;
    this.#isQuiet = program.threads.map(() => []);
  }

  tell(hops: readonly ToldHop[]): Turn[] {
    this.#isDone = this.#execution.first.flat().some(this.#goal);
    for (const hop of hops) {
      if (hop.isFlush) this.#flushed(hop);
      else if (hop.thread === this.#prepared.machine.line?.thread) this.#onLine(hop);
      else this.#stepped(hop);
      if (this.#isDone) return turnsOf(this.#moves);
    }
    for (const thread of this.#program.threads.keys()) this.#rest(thread);
    return turnsOf(this.#moves);
  }

  #onLine({ thread, from, to }: ToldHop): void {
    while (this.#position < to && !this.#isDone) {
      this.#take(thread, this.#position !== from);
      this.#position++;
    }
  }

  #stepped({ thread, step }: ToldHop): void {
    while (this.#execution.next(thread) !== step || this.#isSilent(thread)) {
      if (this.#execution.next(thread) === null)
        throw new Error(`a path cannot be told: ${step.describe().text} does not come`);
      this.#take(thread, false);
      if (this.#isDone) return;
    }
    this.#take(thread, false);
    while (!this.#isDone && this.#isSilent(thread)) this.#take(thread, false);
  }

  #flushed({ thread, step }: ToldHop): void {
    const index = () =>
      this.#execution.buffers[thread]!.findIndex(
        (store, i) => store === step && !this.#isQuiet[thread]![i],
      );
    this.#drainQuiet(thread, (store, i) => i < index() && store.location === step.location);
    this.#flush(thread, index());
  }

  /** All that is left of a thread can be noticed by nobody, or is blocked. */
  #rest(thread: number): void {
    while (!this.#isDone && this.#execution.next(thread) !== null) {
      if (this.#execution.next(thread)!.fence) this.#drainQuiet(thread, () => true);
      if (!this.#execution.isEnabled(thread)) break;
      this.#take(thread, true);
    }
    this.#drainQuiet(thread, () => true);
  }

  #take(thread: number, isQuiet: boolean): void {
    const execution = this.#execution;
    if (execution.next(thread)!.fence) this.#drainQuiet(thread, () => true);
    if (!execution.isEnabled(thread))
      throw new Error(
        `a path cannot be told: ${execution.next(thread)!.describe().text} is blocked`,
      );
    const move = execution.take(thread);
    this.#moves.push({ thread, flush: -1 });
    if (move.isDelayed) this.#isQuiet[thread]!.push(isQuiet);
    this.#isDone ||= move.events.some(this.#goal);
  }

  #drainQuiet(thread: number, which: (store: Step, index: number) => boolean): void {
    const waiting = this.#execution.buffers[thread]!;
    const isWhole = this.#isQuiet[thread]!.every((isQuiet, i) => isQuiet && which(waiting[i]!, i));
    if (isWhole && waiting.length > 0) this.#moves.push({ thread, flush: 'all' });
    for (let i = 0; i < waiting.length; ) {
      if (!this.#isQuiet[thread]![i] || !which(waiting[i]!, i)) i++;
      else this.#flush(thread, i, !isWhole);
    }
  }

  #flush(thread: number, index: number, isMove = true): void {
    if (isMove) this.#moves.push({ thread, flush: index });
    this.#isQuiet[thread]!.splice(index, 1);
    this.#execution.flush(thread, index);
  }

  /** The next step of a thread is one that the search left out. */
  #isSilent(thread: number): boolean {
    const node = this.#execution.nodes[thread]!;
    const { step } = node;
    if (step === null || step.effects.length > 0 || step.waits.length > 0) return false;
    if (step.section !== 0 || step.grace !== null) return false;
    if (step.fence && this.#memoryModel !== 'sc') return false;
    const { group } = this.#program.threads[thread]!;
    return this.#prepared.closure.groups.get(group)?.get(node)?.options.size === 1;
  }
}
