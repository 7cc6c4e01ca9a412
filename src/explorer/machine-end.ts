// SPDX-License-Identifier: GPL-2.0-only
// What has a program come to where no thread can go on? The state of the machine's tables, with the
// cells that have no slot filled in.

import type { Machine } from './machine.ts';
import type { End, Program } from './program.ts';
import type { ValueId } from './step.ts';

/**
 * The end that a state of the machine stands for: `done`, or `deadlock` if a thread is not at its
 * end. A thread that crashed may leave others waiting: that is its crash, not a deadlock. `boot` is
 * the memory after boot, by cell.
 */
export function machineEnd(
  program: Program,
  machine: Machine,
  boot: readonly ValueId[],
  state: Int32Array,
): End {
  const { threads, ops, cells, line } = machine;
  const at = ops.map((ofThread, t) => ofThread[state[t]!]!);
  const isRunning = at.some((op) => op.step !== null);
  const hasCrashed = at.some((op) => op.crash !== null);
  const memory = line === null ? boot : line.memory[state[line.thread]!]!;
  const all = program.world.initial.map((value, cell) => memory[cell] ?? value);
  cells.forEach((cell, slot) => {
    all[cell] = state[2 * threads + slot]!;
  });
  const results = at.map((op) => op.result ?? []);
  return { kind: isRunning && !hasCrashed ? 'deadlock' : 'done', cells: all, results };
}
