// SPDX-License-Identifier: GPL-2.0-only
// Which nodes of an automaton may be reached, and what is known of a thread that is there?

import type { Edge, Node } from './automaton.ts';
import { ByValue } from './by-value.ts';
import type { Knowledge } from './lock-rules.ts';
import type { GroupOf } from './pools.ts';
import type { Window } from './windows.ts';

/** What is known of a node that the closure has reached. */
export class Reached {
  readonly of: GroupOf;
  readonly node: Node;
  /** When the thread can be here; a cell may hold one value twice, so there may be several. */
  windows: readonly Window[];
  /** Depth of read-side sections. */
  readonly depth: number;
  /** Whatever way the thread came. */
  knows: Knowledge;
  /** Where each possible observation leads. */
  readonly options = new ByValue<Edge>();
  readonly #queue: Reached[];
  #isQueued = false;

  /** `queue`: what is to be visited. */
  constructor(
    of: GroupOf,
    node: Node,
    windows: readonly Window[],
    depth: number,
    knows: Knowledge,
    queue: Reached[],
  ) {
    this.of = of;
    this.node = node;
    this.windows = windows;
    this.depth = depth;
    this.knows = knows;
    this.#queue = queue;
  }

  /** Has the node visited, again if something it depends on has changed. */
  wake(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.#queue.push(this);
  }

  /** The visit begins. */
  rest(): void {
    this.#isQueued = false;
  }
}

/** Nodes of one automaton, in the order in which they were reached. */
export class ReachedNodes {
  readonly all: Reached[] = [];
  /** By the number of a step that only stores constants: the earliest position at which it does. */
  readonly stored: (number | undefined)[] = [];
  /** By the number of the node. */
  readonly #of: (Reached | undefined)[] = [];

  get(node: Node): Reached | undefined {
    return this.#of[node.id];
  }

  add(reached: Reached): void {
    this.all.push(reached);
    this.#of[reached.node.id] = reached;
  }
}
