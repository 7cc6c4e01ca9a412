// SPDX-License-Identifier: GPL-2.0-only
// What can a thread do next? The thread's code, memoised: a node stands for what the thread has
// observed since its last checkpoint, and knows the next step. Nodes are unfolded when an engine
// first needs them. Threads of one group share one automaton.

import { ByValue } from './by-value.ts';
import { demandSame, demandShareable } from './demands.ts';
import { EventTable } from './events.ts';
import { type Edge, firstHistoryOf, type Node, otherHistoryOf, wayOn } from './node.ts';
import type { Thread } from './program.ts';
import { type Guess, PortError, type RunEvent, type Unfolded, unfold } from './run.ts';
import type { Step, ValueId } from './step.ts';
import { Past } from './summaries.ts';
import type { Value, World } from './world.ts';

export type { Edge, Node } from './node.ts';

/** How an automaton is made. */
export interface Making {
  /** Everything is unfolded a second time, not only some of what comes to an end. */
  readonly twice: boolean;
  /** Nodes whose pasts differ only inside of ended calls are one. */
  readonly summarises: boolean;
}

export class Automaton {
  readonly world: World;
  readonly nodes: Node[] = [];
  /** What the rounds began with, each once. */
  readonly beginnings: { readonly round: number; readonly carried: readonly Value[] }[] = [];
  readonly events: EventTable;
  readonly #thread: Thread;
  readonly #index: number;
  readonly #isShared: boolean;
  readonly #making: Making;
  #endings = 0;
  #meetings = 0;
  /** The history of the unfolding under way; one array for all, since unfolding is frequent. */
  readonly #history: Value[] = [];
  readonly #rounds = new Map<string, Edge>();
  readonly #ends = new Map<string, Node>();
  #root: Edge | null = null;

  /** `index` is a thread of the group; `isShared` says that the group has others. */
  constructor(
    world: World,
    events: EventTable,
    thread: Thread,
    index: number,
    isShared: boolean,
    making: Making,
  ) {
    this.world = world;
    this.events = events;
    this.#thread = thread;
    this.#index = index;
    this.#isShared = isShared;
    this.#making = making;
  }

  get root(): Edge {
    this.#root ??= this.#beginRound(0, this.#thread.start);
    return this.#root;
  }

  /** Where the thread goes from a node when its step returns the given value. */
  successor(node: Node, value: ValueId, guess: Guess | null = null): Edge {
    let edge = node.kids.get(value);
    if (edge === undefined) {
      edge = this.#make(node.round, node.carried, node, this.world.valueOf(value), guess);
      node.kids.set(value, edge);
    }
    return edge;
  }

  #beginRound(round: number, carried: readonly Value[]): Edge {
    const key = `${round}:${carried.map((value) => this.world.intern(value)).join()}`;
    let edge = this.#rounds.get(key);
    if (edge === undefined) {
      this.beginnings.push({ round, carried });
      edge = this.#make(round, carried, null, undefined, null);
      this.#rounds.set(key, edge);
    }
    return edge;
  }

  #make(
    round: number,
    carried: readonly Value[],
    parent: Node | null,
    value: Value,
    guess: Guess | null,
  ): Edge {
    const found = this.#unfold(round, carried, parent, value, guess);
    let first: Edge | null = null;
    let last: Node | null = parent;
    let seen = value;
    let observed: ValueId = -1;
    const link = (edge: Edge): void => {
      if (first === null) first = edge;
      else last!.kids.set(observed, edge);
    };
    for (const taken of found.chain) {
      const node = this.#at(taken.past, round, carried, last, seen, taken.step);
      link({ to: node, events: this.events.intern(taken.events) });
      last = node;
      observed = taken.observed;
      seen = this.world.valueOf(observed);
    }
    link(this.#last(found, round, carried, last, seen));
    return first!;
  }

  /** Where the thread comes to after the steps that observe nothing. */
  #last(
    found: Unfolded,
    round: number,
    carried: readonly Value[],
    parent: Node | null,
    value: Value,
  ): Edge {
    const events = this.events.intern(found.events);
    if (found.crash !== null) {
      const crash: RunEvent = { kind: 'crash', detail: found.crash };
      return {
        to: this.#end(round, null, found.crash),
        events: this.events.append(events, [crash]),
      };
    }
    if (found.result === null) {
      const isKnown = (found.past?.known ?? null) !== null;
      const to = this.#at(found.past, round, carried, parent, value, found.next!);
      if (isKnown && parent !== null) this.#demandAlike(to, parent, value);
      return { to, events };
    }
    if (round + 1 >= this.#thread.rounds) {
      return { to: this.#end(round, found.result, null), events };
    }
    const next = this.#beginRound(round + 1, found.result);
    return { to: next.to, events: this.events.append(events, this.events.list(next.events)) };
  }

  /**
   * Runs the code up to its next step. It is checked against itself: the last step of the history
   * must be the step that the parent found, and `twice` runs everything a second time. Without it
   * only some of what comes to an end is. The second time nothing is summarised, and the way is
   * another one where there are several: what an ended call has left unseen shows there.
   */
  #unfold(
    round: number,
    carried: readonly Value[],
    parent: Node | null,
    value: Value,
    guess: Guess | null,
  ): Unfolded {
    const { twice, summarises } = this.#making;
    const code = () => this.#thread.round(round, carried);
    const past = !summarises
      ? null
      : parent === null
        ? new Past()
        : parent.past!.observed(this.world.intern(value), value);
    const history = past === null ? firstHistoryOf(parent, value, this.#history) : [];
    const expected = parent?.step ?? null;
    const found = unfold(
      this.world,
      this.#index,
      round,
      history,
      code,
      false,
      expected,
      guess,
      past,
    );
    if (twice || (found.result !== null && this.#isChecked())) {
      // The second run repeats the first: it is given the observations that the first one had.
      const all = [
        ...(past === null ? history : otherHistoryOf(parent, value)),
        ...found.chain.map(({ observed }) => this.world.valueOf(observed)),
      ];
      const last = found.chain.at(-1)?.step ?? expected;
      const again = unfold(this.world, this.#index, round, all, code, false, last, null);
      demandSame(this.world, this.events, found, again);
    }
    if (this.#isShared) demandShareable(found);
    return found;
  }

  /** All of the first ends, then some: what is not a function of its history shows soon. */
  #isChecked(): boolean {
    const nth = this.#endings++;
    return nth < 64 || nth % 8 === 0;
  }

  /**
   * Another history leads to a node. Does the code do behind it what is known, if nothing is
   * summarised? The first are asked, and some.
   */
  #demandAlike(node: Node, parent: Node, value: Value): void {
    const nth = this.#meetings++;
    if (nth >= 16 && nth % 64 !== 0) return;
    const { round, carried } = node;
    const way = wayOn(node);
    let at = 0;
    const guess: Guess = (step) => (step === way[at]?.step ? way[at++]!.observed : null);
    const code = () => this.#thread.round(round, carried);
    const history = firstHistoryOf(parent, value, []);
    const found = unfold(this.world, this.#index, round, history, code, false, parent.step, guess);
    const isSame = found.chain
      .slice(1)
      .every(({ events }, i) => this.events.intern(events) === way[i]!.events);
    if (at < way.length || !isSame)
      throw new PortError('nondeterministic port: calls that ended alike go on in two ways');
  }

  /** The node of a past; of no past there is always a new one. */
  #at(
    past: Past | null,
    round: number,
    carried: readonly Value[],
    parent: Node | null,
    value: Value,
    step: Step,
  ): Node {
    const known = past?.known ?? null;
    if (known !== null) {
      if (parent !== null && (parent !== known.parent || value !== known.value))
        known.other ??= { parent, value };
      if (known.step === step) return known;
      throw new PortError('nondeterministic port: calls that ended alike go on in two ways');
    }
    const node: Node = {
      id: this.nodes.length,
      round,
      carried,
      parent,
      value,
      depth: parent === null ? 0 : parent.depth + 1,
      step,
      result: null,
      crash: null,
      kids: new ByValue(),
      past,
      other: null,
    };
    this.nodes.push(node);
    if (past !== null) past.known = node;
    return node;
  }

  #end(round: number, result: readonly Value[] | null, crash: string | null): Node {
    const key = crash ?? (result ?? []).map((value) => this.world.intern(value)).join();
    let node = this.#ends.get(key);
    if (node === undefined) {
      node = {
        id: this.nodes.length,
        round,
        carried: [],
        parent: null,
        value: undefined,
        depth: 0,
        step: null,
        result: result ?? [crash],
        crash,
        kids: new ByValue(),
        past: null,
        other: null,
      };
      this.nodes.push(node);
      this.#ends.set(key, node);
    }
    return node;
  }
}

/** One automaton per group of threads; `of[t]` belongs to thread t. */
export function automata(
  world: World,
  threads: readonly Thread[],
  making: Making = { twice: true, summarises: false },
): { of: Automaton[]; events: EventTable } {
  const events = new EventTable();
  const byGroup = new Map<number, Automaton>();
  const of = threads.map((thread, index) => {
    let automaton = byGroup.get(thread.group);
    if (automaton === undefined) {
      const isShared = threads.filter((other) => other.group === thread.group).length > 1;
      automaton = new Automaton(world, events, thread, index, isShared, making);
      byGroup.set(thread.group, automaton);
    }
    return automaton;
  });
  return { of, events };
}
