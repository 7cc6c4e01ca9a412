// SPDX-License-Identifier: GPL-2.0-only
// What may a thread still touch? Per operation the set of shared cells that it and all that may
// follow it read and write. A step whose cells no other thread may still touch in conflict is
// private: it commutes with everything the others can do, so exploring it first loses no outcome.
// The sets are computed from the automata of the mutant at hand; nobody wrote them down.

import type { Machine, Op } from './machine.ts';
import type { CellId, Step } from './step.ts';
import type { World } from './world.ts';

/** Sets of cells are two 32-bit words; cells beyond the 63rd share the last bit. */
const WORDS = 2;
const BITS = 32 * WORDS;

/** Per thread and operation: cells of the step, and of all steps from it on. */
export interface Footprints {
  readonly stepReads: readonly Uint32Array[];
  readonly stepWrites: readonly Uint32Array[];
  readonly futureReads: readonly Uint32Array[];
  readonly futureWrites: readonly Uint32Array[];
  readonly bitOf: (cell: CellId) => number;
}

export function footprintsOf(world: World, machine: Machine): Footprints {
  const bits = bitsOf(world, machine);
  const bitOf = (cell: CellId) => bits.get(cell) ?? -1;
  const sets = machine.ops.map((ops) => new Uint32Array(ops.length * WORDS));
  const result = {
    stepReads: sets,
    stepWrites: sets.map((set) => set.slice()),
    futureReads: sets.map((set) => set.slice()),
    futureWrites: sets.map((set) => set.slice()),
    bitOf,
  };
  machine.ops.forEach((ops, thread) => {
    const isLine = machine.line?.thread === thread;
    const order = isLine ? [...ops.keys()].reverse() : [...ops.keys()];
    const { stepReads, stepWrites, futureReads, futureWrites } = result;
    for (const i of order) {
      const { step } = ops[i]!;
      for (const cell of step?.reads ?? [])
        add(stepReads[thread]!, i, bitOf(world.resolve(cell, thread)));
      for (const cell of step?.writes ?? [])
        add(stepWrites[thread]!, i, bitOf(world.resolve(cell, thread)));
      merge(futureReads[thread]!, i, stepReads[thread]!, i);
      merge(futureWrites[thread]!, i, stepWrites[thread]!, i);
    }
    // In this order one pass is enough, unless merged operations lead back to themselves.
    for (let isChanged = true; isChanged; ) {
      isChanged = false;
      for (const i of order) {
        for (const kid of kidsOf(ops[i]!)) {
          const moreReads = merge(futureReads[thread]!, i, futureReads[thread]!, kid);
          const moreWrites = merge(futureWrites[thread]!, i, futureWrites[thread]!, kid);
          isChanged ||= moreReads || moreWrites;
        }
      }
    }
  });
  return result;
}

/** Most operations are numbered after what follows them (on a line, before it). */
function kidsOf(op: Op): Iterable<number> {
  return op.step === null ? [] : op.kids;
}

function add(set: Uint32Array, i: number, bit: number): void {
  if (bit >= 0) set[i * WORDS + (bit >> 5)]! |= 1 << (bit & 31);
}

/** True if that added something. */
function merge(into: Uint32Array, i: number, from: Uint32Array, j: number): boolean {
  let isChanged = false;
  for (let w = 0; w < WORDS; w++) {
    const before = into[i * WORDS + w]!;
    into[i * WORDS + w] = before | from[j * WORDS + w]!;
    isChanged ||= into[i * WORDS + w] !== before;
  }
  return isChanged;
}

/** Numbers the cells that two threads touch and at least one of them writes. */
function bitsOf(world: World, machine: Machine): Map<CellId, number> {
  const touched = new Map<CellId, { threads: Set<number>; isWritten: boolean }>();
  machine.ops.forEach((ops, thread) => {
    for (const { step } of visible(machine, thread, ops)) {
      const note = (cell: CellId, isWrite: boolean) => {
        const real = world.resolve(cell, thread);
        const known = touched.get(real) ?? { threads: new Set(), isWritten: false };
        known.threads.add(thread);
        known.isWritten ||= isWrite;
        touched.set(real, known);
      };
      for (const cell of step.reads) note(cell, false);
      for (const cell of step.writes) note(cell, true);
    }
  });
  const shared = [...touched].filter(([, { threads, isWritten }]) => isWritten && threads.size > 1);
  return new Map(shared.map(([cell], i) => [cell, Math.min(i, BITS - 1)]));
}

/** The operations with a step that can be current; quiet steps of the line never are. */
function visible(machine: Machine, thread: number, ops: readonly Op[]): { step: Step }[] {
  const { line } = machine;
  if (line === null || line.thread !== thread)
    return ops.filter((op): op is Op & { step: Step } => op.step !== null);
  const found: { step: Step }[] = [];
  for (let i = machine.roots[thread]!.to; ops[i]!.step !== null; i = [...ops[i]!.kids][0]!) {
    found.push({ step: ops[i]!.step! });
  }
  return found;
}
