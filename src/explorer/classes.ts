// SPDX-License-Identifier: GPL-2.0-only
// Which nodes of a completed automaton behave alike? Those with the same step and, for each value,
// successors that behave alike: merged bottom-up, since automata have no cycles. What remains is
// "program counter and live locals" without anybody having declared what is live. A step that only
// observes, and can only observe one value, is no step at all and disappears.
//
// Nodes that can observe different values are merged too if they agree on the values that both can
// observe: a state at one of them never holds a value that only the other can observe, so nobody
// ever goes the wrong way. Merged like this, classes may lead back to themselves.

import type { Edge, Node } from './automaton.ts';
import type { EventTable } from './events.ts';
import type { MemoryModel } from './program.ts';
import type { Reached, ReachedNodes } from './reached.ts';
import type { Step, ValueId } from './step.ts';
import type { Value } from './world.ts';

/** Where a class goes: another class, and the events on the way. */
export interface ClassEdge {
  readonly to: number;
  readonly events: number;
}

export interface Class {
  readonly step: Step | null;
  readonly kids: ReadonlyMap<ValueId, ClassEdge>;
  /** The step only observes, and what it observes no other thread can change: a lock is held. */
  readonly isGuarded: boolean;
  /** What a thread carries that ends here; null for classes with a step, and after a crash. */
  readonly result: readonly Value[] | null;
  readonly crash: string | null;
  /** Node that stands for the class, for messages. */
  readonly example: Node;
}

export interface Classes {
  readonly all: readonly Class[];
  readonly root: ClassEdge;
  /** Nodes before merging. */
  readonly nodes: number;
}

export interface ClassOptions {
  readonly memoryModel: MemoryModel;
  /** Off: every node is its own class. */
  readonly minimise: boolean;
  /** Off: only nodes that can observe the same values are merged. */
  readonly merge: boolean;
  /** A fault for tests. */
  readonly mergeByStepAlone: boolean;
  /** What the step of a node observes cannot change while its thread is there. */
  readonly isGuarded: (reached: Reached) => boolean;
  readonly internResult: (result: readonly Value[]) => string;
}

/** Merges the nodes of one group. */
export function classesOf(
  root: Edge,
  reached: ReachedNodes,
  events: EventTable,
  options: ClassOptions,
): Classes {
  const made = new Merging(reached, events, options);
  // Children first, without recursion: automata are thousands of nodes deep.
  for (const node of childrenFirst(root.to, reached)) made.add(node);
  return { all: made.all, root: made.follow(root), nodes: reached.all.length };
}

class Merging {
  readonly all: Draft[] = [];
  readonly #byKey = new Map<string, ClassEdge>();
  readonly #byStep = new Map<Step, number[]>();
  /** By the number of the node. */
  readonly #of: (ClassEdge | undefined)[] = [];
  readonly #reached: ReachedNodes;
  readonly #events: EventTable;
  readonly #options: ClassOptions;

  constructor(reached: ReachedNodes, events: EventTable, options: ClassOptions) {
    this.#reached = reached;
    this.#events = events;
    this.#options = options;
  }

  /** Finds the class of a node. Those after it have theirs. */
  add(node: Node): void {
    this.#of[node.id] = node.step === null ? this.#end(node) : this.#step(node, node.step);
  }

  follow(edge: Edge): ClassEdge {
    const target = this.#of[edge.to.id]!;
    if (edge.events === 0) return target;
    const events = this.#events.append(edge.events, this.#events.list(target.events));
    return { to: target.to, events };
  }

  #end(node: Node): ClassEdge {
    const { result, crash } = node;
    const key = `end ${crash ?? ''} ${this.#options.internResult(result ?? [])}`;
    const kids = new Map<ValueId, ClassEdge>();
    return this.#add(key, { step: null, kids, isGuarded: false, result, crash, example: node });
  }

  #step(node: Node, step: Step): ClassEdge {
    const { minimise, merge, memoryModel, mergeByStepAlone } = this.#options;
    const here = this.#reached.get(node)!;
    const { options } = here;
    if (options.size === 1 && minimise && isSilent(step, memoryModel)) {
      return this.follow(options.first);
    }
    const edges: [ValueId, ClassEdge][] = [];
    for (const [value, edge] of options.entries()) edges.push([value, this.follow(edge)]);
    if (edges.length > 1) edges.sort(([a], [b]) => a - b);
    let key = minimise ? `${step.id}` : `node ${node.id} ${step.id}`;
    for (const [value, { to, events }] of edges)
      key += mergeByStepAlone ? `,${value}` : `,${value}>${to}/${events}`;
    const isGuarded = this.#options.isGuarded(here);
    const like =
      this.#byKey.get(key) ?? (merge && minimise ? this.#compatible(key, step, edges) : undefined);
    if (like === undefined) {
      const found = { step, kids: new Map(edges), isGuarded, result: null, crash: null };
      return this.#add(key, { ...found, example: node });
    }
    this.all[like.to]!.isGuarded &&= isGuarded;
    return like;
  }

  #add(key: string, made: Draft): ClassEdge {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const edge = { to: this.all.length, events: 0 };
    this.all.push(made);
    this.#byKey.set(key, edge);
    if (made.step !== null) {
      const like = this.#byStep.get(made.step);
      if (like === undefined) this.#byStep.set(made.step, [edge.to]);
      else like.push(edge.to);
    }
    return edge;
  }

  /** A class of the step that agrees with these edges, which it takes on. */
  #compatible(
    key: string,
    step: Step,
    edges: readonly [ValueId, ClassEdge][],
  ): ClassEdge | undefined {
    const to = this.#byStep.get(step)?.find((known) => agrees(this.all[known]!.kids, edges));
    if (to === undefined) return undefined;
    for (const [value, edge] of edges) this.all[to]!.kids.set(value, edge);
    const like = { to, events: 0 };
    this.#byKey.set(key, like);
    return like;
  }
}

/** A class that nodes are still being added to. */
interface Draft extends Class {
  readonly kids: Map<ValueId, ClassEdge>;
  isGuarded: boolean;
}

function agrees(
  kids: ReadonlyMap<ValueId, ClassEdge>,
  edges: readonly [ValueId, ClassEdge][],
): boolean {
  return edges.every(([value, { to, events }]) => {
    const known = kids.get(value);
    return known === undefined || (known.to === to && known.events === events);
  });
}

/** Nobody notices the step itself, so it is no step where it can only return one value. */
export function isSilent(step: Step, memoryModel: MemoryModel): boolean {
  if (step.effects.length > 0 || step.waits.length > 0) return false;
  if (step.section !== 0 || step.grace !== null) return false;
  return !(step.fence && memoryModel !== 'sc');
}

function childrenFirst(root: Node, reached: ReachedNodes): Node[] {
  const order: Node[] = [];
  const isEntered: boolean[] = [];
  const stack: { node: Node; kids: Edge[] }[] = [];
  const enter = (node: Node) => {
    isEntered[node.id] = true;
    const kids: Edge[] = [];
    for (const [, edge] of reached.get(node)?.options.entries() ?? []) {
      if (isEntered[edge.to.id] !== true) kids.push(edge);
    }
    if (kids.length === 0) order.push(node);
    else stack.push({ node, kids });
  };
  enter(root);
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    const next = top.kids.pop();
    if (next === undefined) {
      order.push(top.node);
      stack.pop();
    } else if (isEntered[next.to.id] !== true) enter(next.to);
  }
  return order;
}
