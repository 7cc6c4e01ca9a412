// SPDX-License-Identifier: GPL-2.0-only
// What is a node of an automaton? A place in the code of a thread, with what the thread has
// observed on its way; and by which ways is it reached?

import type { ByValue } from './by-value.ts';
import type { Step, ValueId } from './step.ts';
import type { Past } from './summaries.ts';
import type { Value } from './world.ts';

export interface Edge {
  readonly to: Node;
  /** What happened in the thread on the way, as a number of the event table; 0 is nothing. */
  readonly events: number;
}

export interface Node {
  readonly id: number;
  readonly round: number;
  readonly carried: readonly Value[];
  /** The node before it in this round, and the value whose observation led here. */
  readonly parent: Node | null;
  readonly value: Value;
  /** How many values the thread has observed since the round began. */
  readonly depth: number;
  /** Null when the thread has ended or crashed. */
  readonly step: Step | null;
  /** What the thread carried at its end; null while it runs. */
  readonly result: readonly Value[] | null;
  readonly crash: string | null;
  readonly kids: ByValue<Edge>;
  /** What the thread has done when it is here; null if ended calls are not summarised. */
  readonly past: Past | null;
  /** Another way that leads here, if the first is not the only one. */
  other: { readonly parent: Node; readonly value: Value } | null;
}

/** What the thread has observed behind a node, on the way that led there first; in `into`. */
export function firstHistoryOf(parent: Node | null, value: Value, into: Value[]): Value[] {
  into.length = parent === null ? 0 : parent.depth + 1;
  if (parent !== null) into[parent.depth] = value;
  for (let node = parent; node !== null && node.parent !== null; node = node.parent) {
    into[node.depth - 1] = node.value;
  }
  return into;
}

/** A history that leads behind a node, another one than the first where there is one. */
export function otherHistoryOf(parent: Node | null, value: Value): Value[] {
  if (parent === null) return [];
  const history: Value[] = [value];
  for (let at = parent; at.parent !== null; ) {
    const way: { readonly parent: Node | null; readonly value: Value } = at.other ?? at;
    history.push(way.value);
    at = way.parent!;
  }
  return history.reverse();
}

/** A step on the way, what it returned, and the events behind it. */
export interface Taken {
  readonly step: Step;
  readonly observed: ValueId;
  readonly events: number;
}

/** A way on from a node within its round, as far as one is known. */
export function wayOn(from: Node): Taken[] {
  const way: Taken[] = [];
  for (let at = from; at.step !== null && at.round === from.round; ) {
    const [kid] = at.kids.entries();
    if (kid === undefined) break;
    const [observed, { to, events }] = kid;
    way.push({ step: at.step, observed, events });
    at = to;
  }
  return way;
}
