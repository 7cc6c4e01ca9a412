// SPDX-License-Identifier: GPL-2.0-only
// What is a program in Promela, the language of SPIN? Its minimised automata, one proctype for each
// group of like threads, over the slots of our states. Everything that our search reduces by itself
// (private steps, symmetry) is left out: SPIN gets the plain model.

import type { Machine } from '#explorer/machine';
import type { End, Program } from '#explorer/program';
import { opText } from './promela-op.ts';
import { PromelaState } from './promela-state.ts';

/** The line of the verifier's output that begins an end state. */
const END_MARK = 'END';

/**
 * The model as text. With `printsEnds` the verifier prints every state in which no thread can go
 * on, once each: the operation of every process, then every slot.
 */
export function promelaOf(program: Program, machine: Machine, printsEnds: boolean): string {
  const state = new PromelaState(program, machine);
  const lines = [...state.declarations()];
  if (printsEnds) lines.push(`short at[${machine.threads}];`);
  const groups = new Map<number, number[]>();
  for (const t of state.order) {
    const { group } = program.threads[t]!;
    groups.set(group, [...(groups.get(group) ?? []), t]);
  }
  for (const [group, threads] of groups) {
    lines.push('', `active [${threads.length}] proctype group${group}() {`);
    lines.push(...bodyOf(state, threads[0]!, printsEnds), '}');
  }
  if (printsEnds) lines.push('', ...judge(state));
  return `${lines.join('\n')}\n`;
}

function bodyOf(state: PromelaState, thread: number, tracksOps: boolean): string[] {
  const root = state.machine.roots[thread]!.to;
  const found = [root];
  const seen = new Set(found);
  const lines: string[] = [];
  // The first operation of a proctype must come first.
  for (const at of found) {
    lines.push(...opText(state, thread, at, tracksOps));
    for (const kid of state.machine.ops[thread]![at]!.kids) {
      if (!seen.has(kid)) found.push(kid);
      seen.add(kid);
    }
  }
  return lines;
}

function judge(state: PromelaState): string[] {
  const { machine, order } = state;
  const ops = order.map((_, p) => `now.at[${p}]`);
  const slots = machine.cells.map((_, slot) => `now.${state.variable(slot, -1)}`);
  const format = [...ops, ...slots].map(() => ' %d').join('');
  const values = [...ops, ...slots].join(', ');
  return [
    'active proctype judge() {',
    `  d_step { timeout -> c_code { printf("${END_MARK}${format}\\n", ${values}); } }`,
    '}',
  ];
}

/** An end state that a verifier printed, in our terms; null for other lines of its output. */
export function endOf(program: Program, machine: Machine, line: string): End | null {
  if (!line.startsWith(`${END_MARK} `)) return null;
  const state = new PromelaState(program, machine);
  const numbers = line.split(' ').slice(1).map(Number);
  const { world } = program;
  const at = Array.from({ length: machine.threads }, (_, t) => {
    const moved = numbers[state.place[t]!]!;
    return moved === 0 ? machine.roots[t]!.to : moved - 1;
  });
  const ops = at.map((op, t) => machine.ops[t]![op]!);
  const position = machine.line === null ? 0 : at[machine.line.thread]!;
  const cells = world.initial.map((_, cell) => machine.derived(position, cell));
  machine.cells.forEach((cell, slot) => {
    cells[cell] = machine.domains[slot]![numbers[machine.threads + slot]!]!;
  });
  const isRunning = ops.some((op) => op.step !== null);
  const hasCrashed = ops.some((op) => op.crash !== null);
  const results = ops.map((op) => op.result ?? []);
  return { kind: isRunning && !hasCrashed ? 'deadlock' : 'done', cells, results };
}
