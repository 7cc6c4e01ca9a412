// SPDX-License-Identifier: GPL-2.0-only
// Does other code of the same threads do the same? A thread is a function of what it observed, and
// an exploration asks that function a finite number of questions: the paths through its automata.
// Code that answers each of them alike has the same automata, so the same exploration.

import type { Automaton, Node } from './automaton.ts';
import type { EventTable } from './events.ts';
import type { Program } from './program.ts';
import { type Unfolded, unfold } from './run.ts';
import type { Step, ValueId } from './step.ts';
import { Past } from './summaries.ts';
import type { Value } from './world.ts';

/** A path through the automaton of a thread, from the beginning of a round to where it ends. */
export interface Path {
  readonly thread: number;
  readonly round: number;
  readonly carried: readonly Value[];
  readonly observed: readonly ValueId[];
  /** Where the past of the thread begins; the same for all paths of a beginning. */
  readonly past: Past;
}

/** What the code did on a path, step by step. */
export interface Trail {
  readonly path: Path;
  readonly steps: readonly Step[];
  /** Numbers of what happened before each step, and behind the last. */
  readonly events: readonly number[];
  readonly next: Step | null;
  readonly result: readonly ValueId[] | null;
  readonly crash: string | null;
  readonly allocations: number;
  /** What the thread had done before each step, and behind the last. */
  readonly pasts: readonly (Past | null)[];
}

/** Paths that together go along every edge of the automata. */
export function pathsOf(automata: readonly Automaton[]): Path[] {
  const paths: Path[] = [];
  automata.forEach((automaton, thread) => {
    if (automata.indexOf(automaton) < thread) return;
    const pasts = new Map<readonly Value[], Past>();
    for (const { round, carried } of automaton.beginnings) {
      const past = new Past();
      pasts.set(carried, past);
      paths.push({ thread, round, carried, observed: [], past });
    }
    for (const node of automaton.nodes) {
      if (node.step === null) continue;
      const { round, carried } = node;
      const begun = { thread, round, carried, past: pasts.get(carried)! };
      // A path that goes on leads through this node, and so does its observation. Where several
      // observations lead to one node, it goes on behind one of them.
      const { world } = automaton;
      const last = [...node.kids.entries()].filter(
        ([value, { to }]) => to.parent !== node || world.intern(to.value) !== value,
      );
      const before =
        last.length + Number(node.kids.size === 0) > 0 ? observedAt(automaton, node) : [];
      for (const [value] of last) paths.push({ ...begun, observed: [...before, value] });
      if (node.kids.size === 0) paths.push({ ...begun, observed: before });
    }
  });
  return paths;
}

/** What led to a node, from the beginning of its round. */
function observedAt({ world }: Automaton, node: Node): ValueId[] {
  const observed: ValueId[] = [];
  for (let at = node; at.parent !== null; at = at.parent) observed.push(world.intern(at.value));
  return observed.reverse();
}

/** What the code of a thread does on a path. */
export function trailOf(program: Program, path: Path, events: EventTable): Trail {
  const { chain, next, result, crash, allocations, ...last } = along(program, path, () => true);
  const { world } = program;
  return {
    path,
    steps: chain.map(({ step }) => step),
    events: [...chain, last].map(({ events: list }) => events.intern(list)),
    next,
    result: result === null ? null : result.map((value) => world.intern(value)),
    crash,
    allocations,
    pasts: [...chain, last].map(({ past }) => past),
  };
}

/** Does the code of a program do now what it did when the trail was made? */
export function isRetraced(program: Program, trail: Trail, events: EventTable): boolean {
  const { path, steps } = trail;
  let isSame = true;
  const found = along(program, path, (step, at) => {
    isSame &&= step === steps[at];
    return isSame;
  });
  if (!isSame || found.chain.length !== steps.length) return false;
  if (found.next !== trail.next || found.crash !== trail.crash) return false;
  if (found.allocations !== trail.allocations) return false;
  const lists = [...found.chain, found];
  if (lists.some(({ events: list }, i) => events.intern(list) !== trail.events[i])) return false;
  // Whoever ends a call otherwise may go on otherwise later, where no path of ours leads.
  if (lists.some(({ past }, i) => past !== trail.pasts[i])) return false;
  if (found.result === null || trail.result === null) return found.result === trail.result;
  const { world } = program;
  return (
    found.result.length === trail.result.length &&
    found.result.every((value, i) => world.intern(value) === trail.result![i])
  );
}

/** Runs the code on what was observed, as long as `goesOn`. */
function along(
  { world, threads }: Program,
  { thread, round, carried, observed, past }: Path,
  goesOn: (step: Step, at: number) => boolean,
): Unfolded {
  let at = 0;
  const guess = (step: Step): ValueId | null => {
    if (at >= observed.length || !goesOn(step, at)) return null;
    return observed[at++]!;
  };
  const code = () => threads[thread]!.round(round, carried);
  return unfold(world, thread, round, [], code, false, null, guess, past);
}
