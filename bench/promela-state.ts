// SPDX-License-Identifier: GPL-2.0-only
// How does a state of our search look in Promela? Slots become small numbers: the place of a value
// in the domain of its slot. Own cells of threads become arrays over processes, so that like
// threads can share one proctype. Cells that are functions of the line's position become conditions
// on that position.

import type { Machine } from '#explorer/machine';
import type { Program } from '#explorer/program';
import type { CellId, ValueId } from '#explorer/step';

/** One value that something may hold, and the Promela condition under which it does. */
export interface Choice {
  readonly value: ValueId;
  /** Null if it always does. */
  readonly when: string | null;
}

/** The name of the updater's position among those where it may stop. */
const POSITION = 'pos';

export class PromelaState {
  readonly program: Program;
  readonly machine: Machine;
  /** Threads by the number of their process, and back. */
  readonly order: readonly number[];
  readonly place: readonly number[];
  /** Positions of the line at which a state can be; all others are quiet. */
  readonly positions: readonly number[];
  readonly #ordinal: ReadonlyMap<number, number>;

  constructor(program: Program, machine: Machine) {
    this.program = program;
    this.machine = machine;
    const groups = [...new Set(program.threads.map(({ group }) => group))];
    this.order = groups.flatMap((group) =>
      program.threads.flatMap((thread, t) => (thread.group === group ? [t] : [])),
    );
    this.place = this.order.map((_, t) => this.order.indexOf(t));
    this.positions = positionsOf(machine);
    this.#ordinal = new Map(this.positions.map((position, i) => [position, i]));
  }

  /** The variable of a slot as code of the given thread names it. */
  variable(slot: number, thread: number): string {
    const owner = this.program.world.ownerOf(this.machine.cells[slot]!);
    if (owner === null || owner.thread < 0) return `s${slot}`;
    const at = owner.thread === thread ? '_pid' : String(this.place[owner.thread]!);
    return `o${owner.index}[${at}]`;
  }

  /** The number that stands for a value of a slot; -1 if it is outside the slot's domain. */
  number(slot: number, value: ValueId): number {
    return this.machine.domains[slot]!.indexOf(value);
  }

  /** The number of a position, -1 for those that are never stopped at. */
  ordinal(position: number): number {
    return this.#ordinal.get(position) ?? -1;
  }

  /**
   * All values of a slot or, if `slot` is negative, of a derived cell, as a thread at `op` sees it.
   */
  choices(slot: number, cell: CellId, thread: number, op: number): Choice[] {
    if (slot >= 0) {
      const name = this.variable(slot, thread);
      const { domains } = this.machine;
      return domains[slot]!.map((value, i) => ({ value, when: `${name}==${i}` }));
    }
    const { line, derived } = this.machine;
    if (line === null) return [{ value: derived(0, cell), when: null }];
    if (line.thread === thread) return [{ value: derived(op, cell), when: null }];
    return this.#byPosition(cell);
  }

  #byPosition(cell: CellId): Choice[] {
    const runs: { value: ValueId; first: number; last: number }[] = [];
    this.positions.forEach((position, i) => {
      const value = this.machine.derived(position, cell);
      const run = runs.at(-1);
      if (run?.value === value) run.last = i;
      else runs.push({ value, first: i, last: i });
    });
    const last = this.positions.length - 1;
    return runs.map((run) => ({ value: run.value, when: inRange(run.first, run.last, last) }));
  }

  /** Values of all slots before the first step. */
  initial(): ValueId[] {
    const { world } = this.program;
    const { cells, before } = this.machine;
    const values = cells.map((cell) => world.memory[cell] ?? world.initial[cell]!);
    for (const { slot, fromSlot, apply } of before) {
      values[slot] = apply(values[slot]!, fromSlot < 0 ? 0 : values[fromSlot]!);
    }
    return values;
  }

  /** Declarations of all variables with their initial values. */
  declarations(): string[] {
    const { machine, program } = this;
    const lines: string[] = [];
    const own = new Map<number, number[]>();
    this.initial().forEach((value, slot) => {
      const owner = program.world.ownerOf(machine.cells[slot]!);
      const number = this.number(slot, value);
      if (number < 0) throw new Error('a slot begins outside its domain');
      if (owner === null || owner.thread < 0) {
        const type = machine.domains[slot]!.length > 256 ? 'short' : 'byte';
        lines.push(`${type} s${slot} = ${number}; /* ${nameOf(program, machine, slot)} */`);
      } else own.set(owner.index, [...(own.get(owner.index) ?? []), slot]);
    });
    for (const [index, slots] of [...own].sort(([a], [b]) => a - b)) {
      lines.push(...this.#ownArray(index, slots));
    }
    if (machine.line !== null) {
      const type = this.positions.length > 256 ? 'short' : 'byte';
      lines.push(`${type} ${POSITION} = ${this.ordinal(machine.roots[machine.line.thread]!.to)};`);
    }
    return lines;
  }

  #ownArray(index: number, slots: readonly number[]): string[] {
    const { machine, program } = this;
    const initial = this.initial();
    if (slots.some((slot) => this.number(slot, initial[slot]!) !== 0)) {
      throw new Error('own cells that do not begin with their least value are not written');
    }
    const byGroup = new Map<number, string>();
    for (const slot of slots) {
      const owner = program.world.ownerOf(machine.cells[slot]!)!.thread;
      const { group } = program.threads[owner]!;
      const domain = machine.domains[slot]!.join();
      if ((byGroup.get(group) ?? domain) !== domain) throw new Error('like threads differ');
      byGroup.set(group, domain);
    }
    return [`byte o${index}[${program.threads.length}];`];
  }

  /** Stores the position that a step of the line leads to. */
  moveLine(to: number): string {
    return `${POSITION} = ${this.ordinal(to)}`;
  }
}

function positionsOf({ line, roots, ops }: Machine): number[] {
  if (line === null) return [];
  const positions = [roots[line.thread]!.to];
  for (let i = positions[0]!; ops[line.thread]![i]!.step !== null; positions.push(i)) {
    i = ops[line.thread]![i]!.follow(-1).to;
  }
  return positions;
}

function inRange(first: number, last: number, end: number): string | null {
  if (first === 0 && last === end) return null;
  if (first === last) return `${POSITION}==${first}`;
  if (first === 0) return `${POSITION}<=${last}`;
  if (last === end) return `${POSITION}>=${first}`;
  return `(${POSITION}>=${first} && ${POSITION}<=${last})`;
}

function nameOf(program: Program, machine: Machine, slot: number): string {
  return commentOf(program.world.cellName[machine.cells[slot]!]!());
}

/** A text that may stand in a comment of C. */
export function commentOf(text: string): string {
  return text.replaceAll('*/', '* /').replaceAll('\n', ' ');
}
