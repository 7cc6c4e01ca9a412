// SPDX-License-Identifier: GPL-2.0-only
// What happens under every interleaving, with each reduction that is argued for in
// docs/EXPLORER.md? Stateful search over minimised automata. Every reduction is a switch, so that
// tests can compare the sets of outcomes with and without it.

import { type Automaton, automata } from './automaton.ts';
import { type Classes, classesOf } from './classes.ts';
import { type Closure, close } from './closure.ts';
import type { EventTable } from './events.ts';
import { lineOf } from './line.ts';
import { isProtected } from './lock-rules.ts';
import { type Machine, machineOf } from './machine.ts';
import { MachineSearch } from './machine-search.ts';
import type { Outcome } from './outcome.ts';
import type { GroupOf } from './pools.ts';
import type { Program } from './program.ts';
import { quietSteps } from './quiet.ts';
import { rawSearch } from './raw-search.ts';
import type { Reached } from './reached.ts';
import { ALL_REDUCTIONS, type SearchFaults, type SearchOptions } from './search-options.ts';
import type { Step } from './step.ts';
import { Contents } from './values.ts';
import type { World } from './world.ts';

/** Explores a program. What cannot be analysed is explored by the plain search. */
export function search(program: Program, options: SearchOptions): Outcome {
  const prepared = prepare(program, options);
  return prepared === null ? rawSearch(program, options) : searchOf(program, prepared, options);
}

/** Explores a program that was prepared with the same options. */
export function searchOf(program: Program, prepared: Prepared, options: SearchOptions): Outcome {
  const { machine, events, nodes } = prepared;
  return new MachineSearch(program, machine, events, nodes, options).run();
}

export interface Prepared {
  readonly machine: Machine;
  readonly events: EventTable;
  readonly automata: readonly Automaton[];
  readonly closure: Closure;
  /** Nodes of all automata before merging. */
  readonly nodes: number;
}

/** Completes and compiles the automata of a program. Null if they cannot be completed. */
export function prepare(program: Program, options: SearchOptions): Prepared | null {
  const { world, threads } = program;
  // Stores to one object may reach memory in any order: its fields need cells of their own then.
  if (options.memoryModel !== 'sc' && world.options.granularity !== 'field') return null;
  const reductions = options.reductions ?? ALL_REDUCTIONS;
  const { of, events } = automata(world, threads, {
    twice: false,
    summarises: reductions.summarise,
  });
  const isSolo = (t: number) =>
    threads.filter((other) => other.group === threads[t]!.group).length === 1;
  // The updater comes last in our programs, so it is tried first.
  for (const candidate of [...threads.keys()].filter(isSolo).reverse().concat(-1)) {
    const line =
      candidate < 0 ? null : lineOf(world, of[candidate]!, candidate, options.memoryModel);
    if (candidate >= 0 && line === null) continue;
    const groups = groupsOf(program, of, candidate);
    const closure = close(world, groups, line, options.closureNodes);
    if (closure === null) continue;
    const classes = new Map<number, Classes>();
    for (const group of groups) {
      classes.set(
        group.group,
        classesOf(group.automaton.root, closure.groups.get(group.group)!, events, {
          memoryModel: options.memoryModel,
          minimise: reductions.minimise,
          merge: reductions.merge,
          mergeByStepAlone: options.faults?.mergeByStepAlone === true,
          isGuarded: (reached) =>
            isGuarded(world, closure, group.threads[0]!, reached, options.faults),
          internResult: (result) =>
            String(world.intern(new Contents(result.map((v) => world.intern(v))))),
        }),
      );
    }
    const quiet =
      line === null || !reductions.quiet
        ? (line?.steps ?? []).map(() => false)
        : quietSteps(world, closure, groups, line, options.memoryModel, options.faults);
    const isBuffered = options.memoryModel !== 'sc';
    const machine = machineOf({ world, groups, closure, classes, quiet, events, isBuffered });
    const nodes = [...new Set(of)].reduce((sum, a) => sum + a.nodes.length, 0);
    return { machine, events, automata: of, closure, nodes };
  }
  return null;
}

/** Nobody else may store to what the step observes before this thread drops a lock. */
function isGuarded(
  world: World,
  closure: Closure,
  thread: number,
  reached: Reached,
  faults: SearchFaults | undefined,
): boolean {
  const step = reached.node.step!;
  if (closure.dropsStrangersLock || !isPureLoad(step)) return false;
  if (faults?.anyLockGuards === true && reached.knows.locks.length > 0) return true;
  const cell = world.resolve(step.observe, thread);
  return isProtected(closure.protection, cell, reached.knows.locks);
}

/** It observes a cell and does nothing else. */
function isPureLoad(step: Step): boolean {
  if (step.observe < 0 || step.effects.length > 0 || step.waits.length > 0) return false;
  return step.section === 0 && step.grace === null;
}

function groupsOf(program: Program, of: readonly Automaton[], without: number): GroupOf[] {
  const groups = new Map<number, GroupOf & { threads: number[] }>();
  program.threads.forEach(({ group }, thread) => {
    if (thread === without) return;
    const known = groups.get(group);
    if (known === undefined)
      groups.set(group, { group, automaton: of[thread]!, threads: [thread] });
    else known.threads.push(thread);
  });
  return [...groups.values()];
}
