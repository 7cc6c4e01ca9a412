// SPDX-License-Identifier: GPL-2.0-only
// How is a path of the reduced search told in real steps? Each operation stands for its step and
// for those that follow it unnoticed: quiet steps of the line, and steps that can only return one
// value. The path is walked on the plain automata, and these steps are taken as soon as they come.

import { isSilent } from './classes.ts';
import type { Goal } from './counterexample.ts';
import { type How, type TurnMove, turnsOf } from './counterexample-turns.ts';
import type { MemoryModel, Program } from './program.ts';
import { Execution } from './replay-execution.ts';
import type { Turn } from './schedule.ts';
import type { Prepared } from './search.ts';
import type { Step, ValueId } from './step.ts';

/** One move of the reduced search. */
export interface ToldMove extends TurnMove {
  /** The step of the operation; null for a flush. */
  readonly step: Step | null;
  /** The operations at which the thread stands before and after it; on the line, positions. */
  readonly from: number;
  readonly to: number;
}

/**
 * The turns of the path up to the first event for which `goal` holds, else until all is at rest.
 */
export function tell(
  program: Program,
  prepared: Prepared,
  memoryModel: MemoryModel,
  boot: readonly ValueId[],
  path: readonly ToldMove[],
  goal: Goal,
): Turn[] {
  const { automata, events } = prepared;
  const execution = new Execution(program, automata, events, memoryModel, boot);
  return new Telling(program, prepared, memoryModel, execution, goal).tell(path);
}

class Telling {
  readonly #program: Program;
  readonly #prepared: Prepared;
  readonly #memoryModel: MemoryModel;
  readonly #execution: Execution;
  readonly #goal: Goal;
  readonly #moves: TurnMove[] = [];
  /** How many steps of the line were taken. */
  #position = 0;
  #isDone: boolean;

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
    this.#isDone = execution.first.flat().some(goal);
  }

  tell(path: readonly ToldMove[]): Turn[] {
    for (const move of path) {
      if (this.#isDone) break;
      if (move.how === 'flush') this.#flushed(move);
      else if (move.thread === this.#prepared.machine.line?.thread) this.#onLine(move);
      else this.#stepped(move);
    }
    for (const thread of this.#program.threads.keys()) this.#rest(thread);
    return turnsOf(this.#moves);
  }

  #flushed({ thread, how, store }: ToldMove): void {
    this.#moves.push({ thread, how, store });
    this.#execution.flush(thread, store);
  }

  #onLine({ thread, how, from, to }: ToldMove): void {
    while (this.#position < to && !this.#isDone) {
      this.#take(thread, this.#position === from ? how : 'step');
      this.#position++;
    }
  }

  #stepped({ thread, how, step }: ToldMove): void {
    while (this.#execution.next(thread) !== step || this.#isLeftOut(thread)) {
      if (this.#execution.next(thread) === null)
        throw new Error(`a path cannot be told: ${step?.describe().text} does not come`);
      this.#take(thread, 'step');
      if (this.#isDone) return;
    }
    this.#take(thread, how);
    while (!this.#isDone && this.#isLeftOut(thread)) this.#take(thread, 'step');
  }

  /** All that is left of a thread can be noticed by nobody, or is blocked. */
  #rest(thread: number): void {
    while (!this.#isDone && this.#execution.isEnabled(thread)) this.#take(thread, 'step');
  }

  #take(thread: number, how: How): void {
    const execution = this.#execution;
    const isDelayed = how === 'delay';
    if (!isDelayed && !execution.isEnabled(thread)) {
      const text = execution.next(thread)?.describe().text ?? 'the end';
      throw new Error(`a path cannot be told: ${text} is blocked`);
    }
    const move = execution.take(thread, isDelayed);
    this.#moves.push({ thread, how, store: -1 });
    this.#isDone ||= move.events.some(this.#goal);
  }

  /** The next step of a thread is one that the search left out. */
  #isLeftOut(thread: number): boolean {
    const node = this.#execution.nodes[thread]!;
    const { step } = node;
    if (step === null || !isSilent(step, this.#memoryModel)) return false;
    const { group } = this.#program.threads[thread]!;
    return this.#prepared.closure.groups.get(group)?.get(node)?.options.size === 1;
  }
}
