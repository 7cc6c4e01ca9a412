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
import type { Reached } from './closure.ts';
import type { EventTable } from './events.ts';
import type { MemoryModel } from './program.ts';
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
  reached: ReadonlyMap<Node, Reached>,
  events: EventTable,
  options: ClassOptions,
): Classes {
  const all: Draft[] = [];
  const byKey = new Map<string, number>();
  const byStep = new Map<Step, number[]>();
  const of = new Map<Node, ClassEdge>();

  const classOf = (node: Node): ClassEdge => {
    const known = of.get(node);
    if (known !== undefined) return known;
    const edge = make(node);
    of.set(node, edge);
    return edge;
  };

  const follow = (edge: Edge): ClassEdge => {
    const target = classOf(edge.to);
    return { to: target.to, events: events.append(edge.events, events.list(target.events)) };
  };

  const make = (node: Node): ClassEdge => {
    const { step } = node;
    if (step === null) {
      const key = `end ${node.crash ?? ''} ${options.internResult(node.result ?? [])}`;
      return {
        to: add(key, {
          ...END,
          kids: new Map(),
          result: node.result,
          crash: node.crash,
          example: node,
        }),
        events: 0,
      };
    }
    const here = reached.get(node)!;
    const kids = here.options;
    if (kids.size === 1 && options.minimise && isSilent(step, options.memoryModel)) {
      return follow([...kids.values()][0]!);
    }
    const edges = [...kids].map(([value, edge]): [ValueId, ClassEdge] => [value, follow(edge)]);
    edges.sort(([a], [b]) => a - b);
    const own = options.minimise ? '' : `node ${node.id} `;
    const behind = options.mergeByStepAlone
      ? edges.map(([v]) => v)
      : edges.map(([v, e]) => `${v}>${e.to}/${e.events}`);
    const key = `${own}${step.id}:${behind.join()}`;
    const like = options.merge && options.minimise ? compatible(key, step, edges) : -1;
    const isGuarded = options.isGuarded(here);
    const to =
      like >= 0 ? like : add(key, { ...END, step, kids: new Map(edges), isGuarded, example: node });
    all[to]!.isGuarded &&= isGuarded;
    return { to, events: 0 };
  };

  const add = (key: string, made: Draft): number => {
    let id = byKey.get(key);
    if (id === undefined) {
      id = all.length;
      all.push(made);
      byKey.set(key, id);
      if (made.step !== null) byStep.set(made.step, [...(byStep.get(made.step) ?? []), id]);
    }
    return id;
  };

  /** A class of the step that agrees with these edges, which it takes on; -1 if there is none. */
  const compatible = (key: string, step: Step, edges: readonly [ValueId, ClassEdge][]): number => {
    if (byKey.has(key)) return -1;
    const id = (byStep.get(step) ?? []).find((known) => agrees(all[known]!.kids, edges));
    if (id === undefined) return -1;
    for (const [value, edge] of edges) all[id]!.kids.set(value, edge);
    byKey.set(key, id);
    return id;
  };

  // Children first, without recursion: automata are thousands of nodes deep.
  for (const node of childrenFirst(root.to, reached)) classOf(node);
  return { all, root: follow(root), nodes: reached.size };
}

/** A class that nodes are still being added to. */
interface Draft extends Class {
  readonly kids: Map<ValueId, ClassEdge>;
  isGuarded: boolean;
}

const END = { step: null, isGuarded: false, result: null, crash: null };

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

function childrenFirst(root: Node, reached: ReadonlyMap<Node, Reached>): Node[] {
  const order: Node[] = [];
  const entered = new Set<Node>([root]);
  const stack: { node: Node; kids: Iterator<Edge> }[] = [];
  const enter = (node: Node) =>
    stack.push({ node, kids: (reached.get(node)?.options ?? new Map()).values() });
  enter(root);
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    const next = top.kids.next();
    if (next.done === true) {
      order.push(top.node);
      stack.pop();
    } else if (!entered.has(next.value.to)) {
      entered.add(next.value.to);
      enter(next.value.to);
    }
  }
  return order;
}
