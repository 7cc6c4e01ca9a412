// SPDX-License-Identifier: GPL-2.0-only
// The loop of the reduced search. A state is one array: the operation of each thread, the store
// buffer of each thread, and the slots. Rows of states are kept exactly; like threads are sorted in
// the row.

import type { EventTable } from './events.ts';
import { footprintsOf } from './footprints.ts';
import type { Machine, Op } from './machine.ts';
import { machineEnd } from './machine-end.ts';
import { Findings, type Outcome } from './outcome.ts';
import { Privacy } from './privacy.ts';
import type { Program } from './program.ts';
import { RowCodec } from './row-codec.ts';
import { RowSet } from './rows.ts';
import { ALL_REDUCTIONS, type SearchOptions } from './search-options.ts';
import type { ValueId } from './step.ts';
import { StoreBuffers } from './store-buffers.ts';

export class MachineSearch {
  readonly #program: Program;
  readonly #machine: Machine;
  readonly #options: SearchOptions;
  readonly #findings: Findings;
  readonly #buffers: StoreBuffers;
  readonly #codec: RowCodec;
  readonly #rows: RowSet;
  readonly #privacy: Privacy;
  readonly #nodes: number;
  readonly #fuses: boolean;
  /** Memory after boot; judging ends overwrites that of the world. */
  readonly #boot: readonly ValueId[];
  #transitions = 0;

  constructor(
    program: Program,
    machine: Machine,
    events: EventTable,
    nodes: number,
    options: SearchOptions,
  ) {
    const reductions = options.reductions ?? ALL_REDUCTIONS;
    this.#program = program;
    this.#boot = [...program.world.memory];
    this.#machine = machine;
    this.#options = options;
    this.#nodes = nodes;
    this.#fuses = reductions.fuse;
    this.#findings = new Findings(program, events, options.wantEnds, options.wantObservables);
    this.#buffers = new StoreBuffers(options.memoryModel);
    this.#codec = new RowCodec(program, machine, options);
    this.#rows = new RowSet(this.#codec.width);
    const footprints = footprintsOf(program.world, machine);
    this.#privacy = new Privacy(program.world, machine, footprints, this.#buffers, options.faults);
  }

  run(): Outcome {
    const { budgetStates } = this.#options;
    const state = this.#initial();
    this.#fuse(state);
    const stack: number[] = [];
    this.#store(state, stack);
    const next = new Int32Array(state.length);
    while (stack.length > 0) {
      if (this.#rows.size > budgetStates) return this.#outcome(false);
      this.#codec.read(this.#rows, stack.pop()!, state);
      this.#expand(state, next, stack);
    }
    return this.#outcome(true);
  }

  #outcome(isComplete: boolean): Outcome {
    return this.#findings.outcome(isComplete, {
      states: this.#rows.size,
      transitions: this.#transitions,
      executions: 0,
      nodes: this.#nodes,
    });
  }

  #initial(): Int32Array {
    const { world } = this.#program;
    const { threads, roots, cells, before } = this.#machine;
    const state = new Int32Array(2 * threads + cells.length);
    roots.forEach((edge, t) => {
      state[t] = edge.to;
      this.#findings.edge(edge.events);
    });
    cells.forEach((cell, slot) => {
      state[2 * threads + slot] = world.memory[cell] ?? world.initial[cell]!;
    });
    for (const effect of before) {
      const at = 2 * threads + effect.slot;
      const from = effect.fromSlot < 0 ? 0 : state[2 * threads + effect.fromSlot]!;
      state[at] = effect.apply(state[at]!, from);
    }
    return state;
  }

  #expand(state: Int32Array, next: Int32Array, stack: number[]): void {
    let isStuck = true;
    for (let t = 0; t < this.#machine.threads; t++) {
      const op = this.#machine.ops[t]![state[t]!]!;
      if (op.step !== null && this.#isEnabled(op, state, t)) {
        isStuck = false;
        copy(state, next);
        this.#take(op, next, t);
        if (op.step.lock > 0) this.#enter(op, next, t);
        this.#fuse(next);
        this.#store(next, stack);
      }
      const buffer = state[this.#machine.threads + t]!;
      if (buffer === 0) continue;
      for (const flush of this.#buffers.flushes(buffer)) {
        isStuck = false;
        copy(state, next);
        this.#flush(flush, next, t);
        this.#fuse(next);
        this.#store(next, stack);
      }
    }
    if (isStuck) this.#findings.end(machineEnd(this.#program, this.#machine, this.#boot, state));
  }

  #isEnabled(op: Op, state: Int32Array, t: number): boolean {
    const { threads } = this.#machine;
    const buffer = state[threads + t]!;
    if (buffer !== 0 && !this.#buffers.allows(op.step!, buffer)) return false;
    for (const wait of op.waits) {
      const value =
        wait.slot < 0 ? this.#derived(state, wait.cell) : state[2 * threads + wait.slot]!;
      if (!wait.ready(value)) return false;
    }
    return true;
  }

  /** Thread t takes its step, in place. */
  #take(op: Op, state: Int32Array, t: number): void {
    const { threads } = this.#machine;
    const step = op.step!;
    this.#transitions++;
    const buffer = state[threads + t]!;
    let raw: ValueId = this.#program.world.table.nothing;
    if (op.observeSlot >= 0) raw = state[2 * threads + op.observeSlot]!;
    else if (op.observeCell >= 0) raw = this.#derived(state, op.observeCell);
    const isDelayed = this.#buffers.delays(step);
    const forwarded = buffer === 0 || isDelayed ? null : this.#buffers.forwarded(buffer, step);
    const edge = forwarded === null ? this.#edge(op, raw) : op.observed(forwarded);
    if (isDelayed) {
      state[threads + t] = this.#buffers.push(buffer, step);
      for (let i = op.ownEffects; i < op.effects.length; i++) this.#apply(op.effects[i]!, state);
    } else {
      for (const effect of op.effects) this.#apply(effect, state);
    }
    state[t] = edge.to;
    if (edge.events !== 0) this.#findings.edge(edge.events);
  }

  #edge(op: Op, raw: ValueId) {
    let edge = op.next[raw];
    if (edge === undefined) {
      edge = op.follow(raw);
      op.next[raw] = edge;
    }
    return edge;
  }

  #apply(effect: Op['effects'][number], state: Int32Array): void {
    const base = 2 * this.#machine.threads;
    if (effect.constant >= 0) {
      state[base + effect.slot] = effect.constant;
      return;
    }
    let from = 0;
    if (effect.fromSlot >= 0) from = state[base + effect.fromSlot]!;
    else if (effect.fromCell >= 0) from = this.#derived(state, effect.fromCell);
    state[base + effect.slot] = effect.apply(state[base + effect.slot]!, from);
  }

  #flush(
    flush: {
      step: { effects: readonly { cell: number; apply: (o: number, f: number) => number }[] };
      rest: number;
    },
    state: Int32Array,
    t: number,
  ): void {
    const { threads, slotOf } = this.#machine;
    const { world } = this.#program;
    this.#transitions++;
    state[threads + t] = flush.rest;
    for (const effect of flush.step.effects) {
      const slot = slotOf.get(world.resolve(effect.cell, t));
      if (slot === undefined) throw new Error('a delayed store has no slot');
      state[2 * threads + slot] = effect.apply(state[2 * threads + slot]!, 0);
    }
  }

  #derived(state: Int32Array, cell: number): ValueId {
    const { line } = this.#machine;
    return this.#machine.derived(line === null ? 0 : state[line.thread]!, cell);
  }

  /** Takes private steps until there is none. */
  #fuse(state: Int32Array): void {
    if (!this.#fuses) return;
    const { threads, ops } = this.#machine;
    // Ends after a round over all threads in which none had a private step.
    for (let idle = 0, t = 0; idle < threads; t = t + 1 === threads ? 0 : t + 1) {
      idle++;
      while (this.#takePrivately(ops[t]![state[t]!]!, state, t) || this.#flushPrivately(state, t)) {
        idle = 0;
      }
    }
  }

  /**
   * Thread t has just taken a lock. Until it drops it, nobody can tell when it took it: whatever
   * others do next they could have done before. So its next step that is noticed comes at once.
   */
  #enter(lock: Op, state: Int32Array, t: number): void {
    if (!this.#fuses || !this.#privacy.isExclusive(lock.step!, t)) return;
    const ops = this.#machine.ops[t]!;
    while (ops[state[t]!]!.isGuarded) this.#take(ops[state[t]!]!, state, t);
    const op = ops[state[t]!]!;
    const isSure = op.step !== null && op.step.waits.length === 0;
    if (isSure && this.#isEnabled(op, state, t)) this.#take(op, state, t);
  }

  #takePrivately(op: Op, state: Int32Array, t: number): boolean {
    if (op.step === null || !this.#isEnabled(op, state, t)) return false;
    if (!this.#privacy.isPrivate(op, state, t)) return false;
    this.#take(op, state, t);
    return true;
  }

  #flushPrivately(state: Int32Array, t: number): boolean {
    const buffer = state[this.#machine.threads + t]!;
    if (buffer === 0) return false;
    const flush = this.#buffers
      .flushes(buffer)
      .find(({ step }) => this.#privacy.isPrivateFlush(step, state, t));
    if (flush === undefined) return false;
    this.#flush(flush, state, t);
    return true;
  }

  #store(state: Int32Array, stack: number[]): void {
    const id = this.#rows.add(this.#codec.row(state));
    if (id >= 0) stack.push(id);
  }
}

/** Faster than set() for arrays of a few words. */
function copy(from: Int32Array, to: Int32Array): void {
  for (let i = 0; i < from.length; i++) to[i] = from[i]!;
}
