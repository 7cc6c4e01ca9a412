// SPDX-License-Identifier: GPL-2.0-only
// How does a prepared program look to the search for counterexamples? As tables of operations,
// without partial-order reduction: every order of what threads can notice is there. What they
// cannot notice (quiet steps, and steps that can only return one value) is added again when a path
// is told.

import type { Goal, Hop, Space } from './counterexample.ts';
import { type ToldMove, tell } from './counterexample-telling.ts';
import type { TurnMove } from './counterexample-turns.ts';
import type { Machine, Op } from './machine.ts';
import { machineEnd } from './machine-end.ts';
import { eventsOf } from './outcome.ts';
import type { MemoryModel, Program } from './program.ts';
import type { Turn } from './schedule.ts';
import type { Prepared } from './search.ts';
import type { Step, ValueId } from './step.ts';
import { type Flush, StoreBuffers } from './store-buffers.ts';

/** The space of a prepared program. */
export function machineSpace(
  program: Program,
  prepared: Prepared,
  memoryModel: MemoryModel,
  wantObservables: boolean,
): Space {
  return new MachineSpace(program, prepared, memoryModel, wantObservables);
}

class MachineSpace implements Space {
  readonly first;
  readonly #program: Program;
  readonly #prepared: Prepared;
  readonly #machine: Machine;
  readonly #memoryModel: MemoryModel;
  readonly #buffers: StoreBuffers;
  readonly #wantObservables: boolean;
  /** Judging an end uses the world's memory, so what boot left there is kept apart. */
  readonly #boot: readonly ValueId[];

  constructor(
    program: Program,
    prepared: Prepared,
    memoryModel: MemoryModel,
    wantObservables: boolean,
  ) {
    this.#program = program;
    this.#wantObservables = wantObservables;
    this.#prepared = prepared;
    this.#machine = prepared.machine;
    this.#memoryModel = memoryModel;
    this.#buffers = new StoreBuffers(memoryModel);
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
      if (op.step !== null && this.#isEnabled(op, state, thread)) {
        const isForced = this.#isPending(op.step, state, thread);
        if (this.#buffers.delays(op.step))
          yield { ...this.#stepped(op, state, thread, 'delay'), isForced };
        if (!isForced) yield this.#stepped(op, state, thread, 'step');
      }
      const buffer = state[threads + thread]!;
      for (const flush of this.#buffers.flushes(buffer)) {
        const store = this.#buffers.stores(buffer).indexOf(flush.step);
        const next = this.#flushed(flush, state, thread);
        yield { thread, how: 'flush', store, isForced: false, state: next, events: [] };
      }
    }
  }

  judge(state: Int32Array) {
    const end = machineEnd(this.#program, this.#machine, this.#boot, state);
    return eventsOf(this.#program, end, this.#wantObservables);
  }

  turns(path: readonly TurnMove[], goal: Goal): readonly Turn[] {
    const hops: ToldMove[] = [];
    let state = this.initial();
    for (const move of path) {
      const { thread, how, store } = move;
      const { step } = this.#machine.ops[thread]![state[thread]!]!;
      const from = state[thread]!;
      state = [...this.hops(state)].find(
        (hop) => hop.thread === thread && hop.how === how && hop.store === store,
      )!.state;
      hops.push({ ...move, step: how === 'flush' ? null : step, from, to: state[thread]! });
    }
    return tell(this.#program, this.#prepared, this.#memoryModel, this.#boot, hops, goal);
  }

  /** An older store of the thread to the same place has not reached memory. */
  #isPending(step: Step, state: Int32Array, thread: number): boolean {
    if (!step.plainStore) return false;
    const stores = this.#buffers.stores(state[this.#machine.threads + thread]!);
    return stores.some((store) => store.location === step.location);
  }

  #isEnabled(op: Op, state: Int32Array, thread: number): boolean {
    const { threads } = this.#machine;
    if (!this.#buffers.allows(op.step!, state[threads + thread]!)) return false;
    return op.waits.every(({ slot, cell, ready }) =>
      ready(slot < 0 ? this.#derived(state, cell) : state[2 * threads + slot]!),
    );
  }

  #stepped(op: Op, before: Int32Array, thread: number, how: 'step' | 'delay'): Hop {
    const { threads } = this.#machine;
    const state = before.slice();
    const step = op.step!;
    const buffer = state[threads + thread]!;
    let raw: ValueId = this.#program.world.table.nothing;
    if (op.observeSlot >= 0) raw = state[2 * threads + op.observeSlot]!;
    else if (op.observeCell >= 0) raw = this.#derived(state, op.observeCell);
    const isDelayed = how === 'delay';
    const forwarded = step.plainStore ? null : this.#buffers.forwarded(buffer, step);
    // What the own buffer answers is the answer, and no value that is still to be asked about.
    const edge = forwarded === null ? op.follow(raw) : op.observed(forwarded);
    if (isDelayed) state[threads + thread] = this.#buffers.push(buffer, step);
    op.effects.forEach((effect, i) => {
      if (!isDelayed || i >= op.ownEffects) this.#apply(effect, state);
    });
    state[thread] = edge.to;
    const events = this.#prepared.events.list(edge.events);
    return { thread, how, store: -1, isForced: false, state, events };
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
