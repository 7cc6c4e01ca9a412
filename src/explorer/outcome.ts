// SPDX-License-Identifier: GPL-2.0-only
// What did an exploration find? Events, states at rest and stuck states, collected in a form that
// two engines can be compared by: sets of texts that do not depend on the order of the search.

import type { EventTable } from './events.ts';
import type { End, Program } from './program.ts';
import { Crash, type RunEvent, runDirectly, WouldBlock } from './run.ts';
import type { ValueId } from './step.ts';
import type { Value } from './world.ts';

export interface Counts {
  /** States stored. */
  readonly states: number;
  /** Steps executed by the search. */
  readonly transitions: number;
  /** Complete executions, for engines that run executions one by one; else 0. */
  readonly executions: number;
  /** Nodes of all local automata: how often port code was unfolded. */
  readonly nodes: number;
}

export interface Outcome {
  /** False if a budget ran out: what was not found may still be there. */
  readonly isComplete: boolean;
  readonly counts: Counts;
  /** Every kind of event that some execution shows, in the order of their texts. */
  readonly events: readonly RunEvent[];
  /** Stable texts of the states at rest and of stuck states, sorted; empty unless asked for. */
  readonly ends: readonly string[];
  readonly endCount: number;
  /** What could be told from outside of each end, sorted; empty unless asked for. */
  readonly observables: readonly string[];
}

/** Collects what an engine meets. One for each exploration. */
export class Findings {
  readonly #program: Program;
  readonly #events: EventTable;
  readonly #lists = new Set<number>();
  readonly #found = new Map<string, RunEvent>();
  readonly #ends = new Set<string>();
  readonly #observables = new Set<string>();
  readonly #wantEnds: boolean;
  readonly #wantObservables: boolean;
  endCount = 0;

  constructor(
    program: Program,
    events: EventTable,
    wantEnds: boolean,
    wantObservables: boolean | undefined = false,
  ) {
    this.#program = program;
    this.#events = events;
    this.#wantEnds = wantEnds;
    this.#wantObservables = wantObservables;
  }

  /** Notes a list of events that an edge carries. Cheap when the list was seen before. */
  edge(events: number): void {
    if (events === 0 || this.#lists.has(events)) return;
    this.#lists.add(events);
    for (const event of this.#events.list(events)) this.#note(event);
  }

  /** Judges an end; engines call it once per distinct end. */
  end(end: End): readonly RunEvent[] {
    this.endCount++;
    const judged = judge(this.#program, end);
    for (const event of judged.events) this.#note(event);
    if (this.#wantEnds) this.#ends.add(endText(this.#program, end, judged));
    if (this.#wantObservables) this.#observables.add(observableText(this.#program, end, judged));
    return judged.events;
  }

  outcome(isComplete: boolean, counts: Counts): Outcome {
    const events = [...this.#found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, event]) => event);
    return {
      isComplete,
      counts,
      events,
      ends: [...this.#ends].sort(),
      endCount: this.endCount,
      observables: [...this.#observables].sort(),
    };
  }

  #note(event: RunEvent): void {
    this.#found.set(`${event.kind}\t${event.detail}`, event);
  }
}

export interface Judgement {
  readonly events: readonly RunEvent[];
  /** What the finale of each thread returned. */
  readonly observed: readonly (readonly Value[])[];
}

/** The kind of the event that stands for an end as a whole, if it was asked for. */
export const OBSERVABLE = 'observable';

/** The events of an end and, as one more, what can be told of it from outside. */
export function eventsOf(program: Program, end: End, wantObservable: boolean): RunEvent[] {
  const judged = judge(program, end);
  if (!wantObservable) return [...judged.events];
  return [...judged.events, { kind: OBSERVABLE, detail: observableText(program, end, judged) }];
}

/** Runs the finale of every thread on a state at rest. A stuck state is an event by itself. */
export function judge(program: Program, end: End): Judgement {
  if (end.kind === 'deadlock') {
    return { events: [{ kind: 'deadlock', detail: 'threads wait for ever' }], observed: [] };
  }
  const judged = end.results.map((result, thread) => judgeThread(program, end, thread, result));
  return {
    events: judged.flatMap(({ events }) => events),
    observed: judged.map(({ observed }) => observed),
  };
}

export interface ThreadJudgement {
  readonly events: readonly RunEvent[];
  readonly observed: readonly Value[];
}

function judgeThread(
  program: Program,
  end: End,
  thread: number,
  result: readonly Value[],
): ThreadJudgement {
  const { world } = program;
  return judgeOn(
    program,
    world.initial.map((value, cell) => end.cells[cell] ?? value),
    thread,
    result,
  );
}

/** Runs the finale of one thread on this memory, which it uses up. */
export function judgeOn(
  program: Program,
  memory: ValueId[],
  thread: number,
  result: readonly Value[],
): ThreadJudgement {
  const { world } = program;
  world.memory = memory;
  try {
    const run = runDirectly(world, -1, () => program.finale(thread, result));
    return { events: run.events, observed: run.result };
  } catch (error) {
    const kind = kindOf(error);
    if (kind === null) throw error;
    return { events: [{ kind, detail: `at rest: ${(error as Error).message}` }], observed: [] };
  }
}

/** What an error of ported code means; null for an error of ours. */
function kindOf(error: unknown): 'deadlock' | 'crash' | null {
  if (error instanceof WouldBlock) return 'deadlock';
  const isCrash =
    error instanceof Crash || error instanceof TypeError || error instanceof RangeError;
  return isCrash ? 'crash' : null;
}

/**
 * What the threads of an end can tell, without its memory: how it ended, what the finale returned
 * for each thread, and what it reported. Threads of one group may change places.
 */
export function observableText({ threads, world }: Program, end: End, judged: Judgement): string {
  const text = (value: Value) => world.table.stableText(world.intern(value));
  const told = judged.observed
    .map((values, t) => `${threads[t]!.group}: ${values.map(text).join(' ')}`)
    .sort();
  const events = [...new Set(judged.events.map(({ kind, detail }) => `${kind} ${detail}`))].sort();
  return [end.kind, ...told, ...events].join(' | ');
}

/** An end as a text that is equal for equal ends of any two engines and worlds. */
export function endText(program: Program, end: End, judged: Judgement): string {
  const { world, threads } = program;
  const text = (id: ValueId) => world.table.stableText(id);
  const cells: string[] = [];
  end.cells.forEach((value, cell) => {
    if (value !== world.initial[cell]) cells.push(`${world.cellName[cell]!()}=${text(value)}`);
  });
  const line = (values: readonly Value[]) => values.map((v) => text(world.intern(v))).join();
  const results = end.results
    .map((values, t) => `${threads[t]!.group}:${line(values)}>${line(judged.observed[t] ?? [])}`)
    .sort();
  const events = judged.events.map((event) => `${event.kind} ${event.detail}`).sort();
  return [end.kind, cells.sort().join(' '), results.join(' '), events.join()].join(' | ');
}
