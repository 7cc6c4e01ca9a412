// SPDX-License-Identifier: GPL-2.0-only
// How does a prepared program look to the search for counterexamples? As tables of operations, without
// partial-order reduction: every order of what threads can notice is there. What they cannot notice
// (quiet steps, and steps that can only return one value) is added again when a path is told.

import type { Goal, Hop, PathHop, Space } from './counterexample.ts';
import { type ToldHop, tell } from './counterexample-telling.ts';
import type { Machine, Op } from './machine.ts';
import { judge } from './outcome.ts';
import type { MemoryModel, Program } from './program.ts';
import type { Turn } from './schedule.ts';
import type { Prepared } from './search.ts';
import type { ValueId } from './step.ts';
import { type Flush, StoreBuffers } from './store-buffers.ts';

/** The space of a prepared program. */
export function machineSpace(
  program: Program,
  prepared: Prepared,
  memoryModel: MemoryModel,
): Space {
  return new MachineSpace(program, prepared, memoryModel);
}

class MachineSpace implements Space {
  readonly first;
  readonly #program: Program;
  readonly #prepared: Prepared;
  readonly #machine: Machine;
  readonly #memoryModel: MemoryModel;
  readonly #buffers: StoreBuffers;
  /** Judging an end uses the world's memory, so what boot left there is kept apart. */
  readonly #boot: readonly ValueId[];

  constructor(program: Program, prepared: Prepared, memoryModel: MemoryModel) {
    this.#program = program;
    this.#prepared = prepared;
    this.#machine = prepared.machine;
    this.#memoryModel = memoryModel;
    this.#buffers = new StoreBuffers(program.world, memoryModel);
    this.#boot = [...program.world.memory];
    this.first = prepared.machine.roots.map((edge) => prepared.events.list(edge.events));
  }

  initial(): Int32Array {
    const { threads, roots, cells, before } = this.#machine;
    const state = new Int32Array(2 * threads + cells.length);
    roots.forEach((edge, t) => {
      state[t] = edge.to;
    });
    cells.forEach((cell, slot) => {
      state[2 * threads + slot] = this.#boot[cell] ?? this.#program.world.initial[cell]!;
    });
    for (const effect of before) this.#apply(effect, state);
    return state;
  }

  *hops(state: Int32Array): Generator<Hop> {
    const { threads, ops } = this.#machine;
    for (let thread = 0; thread < threads; thread++) {
      const op = ops[thread]![state[thread]!]!;
      if (op.step !== null && this.#isEnabled(op, state, thread))
        yield this.#stepped(op, state, thread);
      const buffer = state[threads + thread]!;
      for (const flush of this.#buffers.flushes(buffer)) {
        const index = this.#buffers.stores(buffer).indexOf(flush.step);
        const next = this.#flushed(flush, state, thread);
        yield { thread, flush: index, state: next, events: [] };
      }
    }
  }

  judge(state: Int32Array) {
    const { threads, ops, cells, line } = this.#machine;
    const { world } = this.#program;
    const at = Array.from({ length: threads }, (_, t) => ops[t]![state[t]!]!);
    const isRunning = at.some((op) => op.step !== null);
    const hasCrashed = at.some((op) => op.crash !== null);
    const memory = line === null ? this.#boot : line.memory[state[line.thread]!]!;
    const all = world.initial.map((value, cell) => memory[cell] ?? value);
    cells.forEach((cell, slot) => {
      all[cell] = state[2 * threads + slot]!;
    });
    const kind = isRunning && !hasCrashed ? 'deadlock' : 'done';
    const results = at.map((op) => op.result ?? []);
    return judge(this.#program, { kind, cells: all, results }).events;
  }

  turns(path: readonly PathHop[], goal: Goal): readonly Turn[] {
    const hops: ToldHop[] = [];
    let state = this.initial();
    for (const { thread, flush } of path) {
      const { step } = this.#machine.ops[thread]![state[thread]!]!;
      const from = state;
      const hop = [...this.hops(from)].find((h) => h.thread === thread && h.flush === flush)!;
      state = hop.state;
      const buffer = this.#buffers.stores(from[this.#machine.threads + thread]!);
      hops.push({
        thread,
        step: flush < 0 ? step! : buffer[flush]!,
        isFlush: flush >= 0,
        from: from[thread]!,
        to: state[thread]!,
      });
    }
    return tell(this.#program, this.#prepared, this.#memoryModel, this.#boot, hops, goal);
  }

  #isEnabled(op: Op, state: Int32Array, thread: number): boolean {
    const { threads } = this.#machine;
    if (!this.#buffers.allows(op.step!, state[threads + thread]!)) return false;
    return op.waits.every(({ slot, cell, ready }) =>
      ready(slot < 0 ? this.#derived(state, cell) : state[2 * threads + slot]!),
    );
  }

  #stepped(op: Op, before: Int32Array, thread: number): Hop {
    const { threads } = this.#machine;
    const state = before.slice();
    const step = op.step!;
    const buffer = state[threads + thread]!;
    let raw: ValueId = this.#program.world.table.nothing;
    if (op.observeSlot >= 0) raw = state[2 * threads + op.observeSlot]!;
    else if (op.observeCell >= 0) raw = this.#derived(state, op.observeCell);
    const isDelayed = this.#buffers.delays(step);
    const forwarded = isDelayed ? null : this.#buffers.forwarded(buffer, step);
    const edge = op.follow(forwarded ?? raw);
    if (isDelayed) state[threads + thread] = this.#buffers.push(buffer, step);
    op.effects.forEach((effect, i) => {
      if (!isDelayed || i >= op.ownEffects) this.#apply(effect, state);
    });
    state[thread] = edge.to;
    return { thread, flush: -1, state, events: this.#prepared.events.list(edge.events) };
  }

  #flushed(flush: Flush, before: Int32Array, thread: number): Int32Array {
    const { threads, slotOf } = this.#machine;
    const state = before.slice();
    state[threads + thread] = flush.rest;
    for (const effect of flush.step.effects) {
      const slot = slotOf.get(this.#program.world.resolve(effect.cell, thread));
      if (slot === undefined) throw new Error('a delayed store has no slot');
      state[2 * threads + slot] = effect.apply(state[2 * threads + slot]!, 0);
    }
    return state;
  }

  #apply(effect: Op['effects'][number], state: Int32Array): void {
    const base = 2 * this.#machine.threads;
    let from = 0;
    if (effect.fromSlot >= 0) from = state[base + effect.fromSlot]!;
    else if (effect.fromCell >= 0) from = this.#derived(state, effect.fromCell);
    state[base + effect.slot] = effect.apply(state[base + effect.slot]!, from);
  }

  #derived(state: Int32Array, cell: number): ValueId {
    const { line } = this.#machine;
    return this.#machine.derived(line === null ? 0 : state[line.thread]!, cell);
  }
}
