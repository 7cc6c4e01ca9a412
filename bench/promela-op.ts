// SPDX-License-Identifier: GPL-2.0-only
// How does one operation of a thread look in Promela? As a label with one option for each operation
// that may follow it: the conditions under which it is chosen, the changes of memory, and a goto.

import type { Op, SlotEffect } from '#explorer/machine';
import type { ValueId } from '#explorer/step';
import { type Choice, commentOf, type PromelaState } from './promela-state.ts';

/** One way for a thread to go on. */
export interface Option {
  readonly to: number;
  /** Null if there is no condition. */
  readonly when: string | null;
}

/**
 * What stands between the label and the next one. With `tracksOps` every step notes in `at` one
 * more than the operation it leads to.
 */
export function opText(state: PromelaState, thread: number, at: number, tracksOps: boolean) {
  const op = state.machine.ops[thread]![at]!;
  if (op.step === null) return [`end_${at}:`, '  false;'];
  const waits = waitsOf(state, thread, at, op);
  const changes = op.effects.flatMap((effect) => effectText(state, thread, at, effect));
  const options = optionsOf(state, thread, at);
  const isLine = state.machine.line?.thread === thread;
  const lines = options.map(({ to, when }) => {
    const conditions = [...waits, ...(when === null ? [] : [when])];
    const guard = conditions.length === 0 ? 'true' : conditions.join(' && ');
    if (to < 0) return `  :: d_step { ${guard} -> assert(false) }`;
    const moves = isLine ? [state.moveLine(to)] : [];
    const tracked = tracksOps ? [`at[_pid] = ${to + 1}`] : [];
    const body = [...changes, ...moves, ...tracked].map((text) => `${text};`).join(' ');
    const name = state.machine.ops[thread]![to]!.step === null ? `end_${to}` : `S${to}`;
    return `  :: d_step { (${guard}) -> ${body === '' ? 'skip;' : body} } goto ${name};`;
  });
  return [`S${at}: /* ${commentOf(op.step.describe().text)} */`, '  if', ...lines, '  fi;'];
}

/** Where the operation may lead. `to` is -1 for what the closure says cannot be observed. */
export function optionsOf(state: PromelaState, thread: number, at: number): Option[] {
  const op = state.machine.ops[thread]![at]!;
  const { table } = state.program.world;
  const isLine = state.machine.line?.thread === thread;
  if (isLine || op.observeCell < 0) return [{ to: op.follow(table.nothing).to, when: null }];
  const byTarget = new Map<number, (string | null)[]>();
  for (const { value, when } of state.choices(op.observeSlot, op.observeCell, thread, at)) {
    const to = targetOf(op, value);
    byTarget.set(to, [...(byTarget.get(to) ?? []), when]);
  }
  if (byTarget.size === 1) return [...byTarget.keys()].map((to) => ({ to, when: null }));
  return [...byTarget].map(([to, when]) => ({ to, when: anyOf(when) }));
}

function targetOf(op: Op, value: ValueId): number {
  try {
    return op.follow(value).to;
  } catch {
    // The closure found that no execution observes this value here.
    return -1;
  }
}

function waitsOf(state: PromelaState, thread: number, at: number, op: Op): string[] {
  return op.waits.flatMap(({ slot, cell, ready }) => {
    const choices = state.choices(slot, cell, thread, at);
    const open = choices.filter(({ value }) => ready(value));
    if (open.length === choices.length) return [];
    return [open.length === 0 ? 'false' : anyOf(open.map(({ when }) => when))!];
  });
}

/** A change of one slot; no text if it changes nothing. */
export function effectText(
  state: PromelaState,
  thread: number,
  at: number,
  effect: SlotEffect,
): string[] {
  const { slot, fromSlot, fromCell } = effect;
  const olds = state.choices(slot, -1, thread, at);
  const froms: Choice[] =
    fromCell < 0 ? [{ value: 0, when: null }] : state.choices(fromSlot, fromCell, thread, at);
  const byResult = new Map<number, (string | null)[]>();
  for (const old of olds) {
    for (const from of froms) {
      const value = effect.apply(old.value, from.value);
      const result = state.number(slot, value);
      byResult.set(result, [...(byResult.get(result) ?? []), bothOf(old, from, value)]);
    }
  }
  const name = state.variable(slot, thread);
  if (byResult.size === 1) return [...byResult.keys()].map((to) => assign(name, to));
  const options = [...byResult].flatMap(([to, when]) => {
    const changing = when.filter((text) => text !== KEPT);
    return changing.length === 0 ? [] : [`:: ${anyOf(changing)} -> ${assign(name, to)}`];
  });
  return options.length === 0 ? [] : [`if ${options.join(' ')} :: else fi`];
}

const KEPT = 'kept';

function bothOf(old: Choice, from: Choice, result: ValueId): string | null {
  if (old.value === result) return KEPT;
  return from.when === null ? old.when : `(${old.when} && ${from.when})`;
}

function assign(name: string, to: number): string {
  return to < 0 ? 'assert(false)' : `${name} = ${to}`;
}

/** A disjunction; null, which is always true, if one of the parts is. */
export function anyOf(conditions: readonly (string | null)[]): string | null {
  if (conditions.includes(null)) return null;
  return conditions.length === 1 ? conditions[0]! : `(${conditions.join(' || ')})`;
}
