// SPDX-License-Identifier: GPL-2.0-only
// What does the search run on? Tables. Every thread becomes a list of operations over the slots of
// a state: cells that are functions of the line's position are looked up by position, all others
// have a slot. The line's quiet steps are folded into the operation before them.

import type { Class, ClassEdge, Classes } from './classes.ts';
import type { Closure } from './closure.ts';
import type { EventTable } from './events.ts';
import type { Line } from './line.ts';
import type { GroupOf } from './pools.ts';
import type { CellId, Step, ValueId } from './step.ts';
import type { Value, World } from './world.ts';

/** One operation of one thread: its step, and how it acts on slots. */
export interface Op {
  readonly step: Step | null;
  /** Slot or derived cell that is observed. `slot` is -1 for a derived cell or none. */
  readonly observeSlot: number;
  readonly observeCell: CellId;
  readonly waits: readonly { slot: number; cell: CellId; ready: (value: ValueId) => boolean }[];
  readonly effects: readonly SlotEffect[];
  /** How many of the effects are of the step itself; the rest are of quiet steps after it. */
  readonly ownEffects: number;
  /** Where the thread goes, by what it observed before projection; filled when first needed. */
  readonly next: (ClassEdge | undefined)[];
  readonly follow: (value: ValueId) => ClassEdge;
  /** Where the thread goes, by what it observed. */
  readonly observed: (value: ValueId) => ClassEdge;
  /** Only a load, of what nobody else can change meanwhile: a lock is held. */
  readonly isGuarded: boolean;
  /** The operations that may come next. */
  readonly kids: readonly number[];
  readonly result: readonly Value[] | null;
  readonly crash: string | null;
}

export interface SlotEffect {
  readonly slot: number;
  /** The value that is always stored; -1 if it depends on a cell. */
  readonly constant: ValueId;
  readonly fromSlot: number;
  readonly fromCell: CellId;
  readonly apply: (old: ValueId, from: ValueId) => ValueId;
}

export interface Machine {
  readonly threads: number;
  readonly ops: readonly (readonly Op[])[];
  readonly roots: readonly ClassEdge[];
  readonly line: Line | null;
  /** No thread ever drops a lock that it does not hold. */
  readonly locksExclude: boolean;
  /** The cell behind each slot. */
  readonly cells: readonly CellId[];
  /** Values that each slot may hold. */
  readonly domains: readonly (readonly ValueId[])[];
  readonly slotOf: ReadonlyMap<CellId, number>;
  /** Effects on slots of the quiet steps with which the line begins. */
  readonly before: readonly SlotEffect[];
  /** Memory by position of the line, for derived cells. */
  readonly derived: (position: number, cell: CellId) => ValueId;
}

export interface MachineInput {
  readonly world: World;
  readonly groups: readonly GroupOf[];
  readonly closure: Closure;
  readonly classes: ReadonlyMap<number, Classes>;
  readonly quiet: readonly boolean[];
  readonly events: EventTable;
  readonly isBuffered: boolean;
}

export function machineOf(input: MachineInput): Machine {
  const { world, groups, closure } = input;
  const { line } = closure;
  const threads = groups.reduce((sum, of) => sum + of.threads.length, 0) + (line === null ? 0 : 1);
  const slots = new Slots(input);
  const derived = (position: number, cell: CellId): ValueId =>
    line === null ? world.initial[cell]! : (line.memory[position]![cell] ?? world.initial[cell]!);
  const ops: Op[][] = [];
  const roots: ClassEdge[] = [];
  for (const of of groups) {
    const { all, root } = input.classes.get(of.group)!;
    for (const thread of of.threads) {
      ops[thread] = all.map((cls) => groupOp(slots, cls, thread));
      roots[thread] = root;
    }
  }
  const before: SlotEffect[] = [];
  if (line !== null) {
    ops[line.thread] = line.nodes.map((_, i) => lineOp(input, slots, line, i));
    const root = skipQuiet(input, line, 0, line.events[0]!);
    roots[line.thread] = root;
    for (let i = 0; i < root.to; i++)
      before.push(...acting(slots, line.steps[i]!, line.thread).effects);
  }
  return {
    threads,
    ops,
    roots,
    line,
    locksExclude: !closure.dropsStrangersLock,
    before,
    derived,
    cells: slots.cells,
    domains: slots.domains,
    slotOf: slots.of,
  };
}

/** Gives a slot to each cell that is not a function of the line's position. */
class Slots {
  readonly cells: CellId[] = [];
  readonly domains: ValueId[][] = [];
  readonly of = new Map<CellId, number>();
  readonly #input: MachineInput;
  readonly #lagging: ReadonlySet<CellId>;

  constructor(input: MachineInput) {
    this.#input = input;
    this.#lagging = laggingCells(input);
  }

  /** The slot of a cell as thread t names it; -1 if the cell is derived. */
  slot(cell: CellId, thread: number): number {
    const { world, closure } = this.#input;
    const real = world.resolve(cell, thread);
    const known = this.of.get(real);
    if (known !== undefined) return known;
    const key = closure.pools.keyOf(cell, thread);
    if (key < 0 && !this.#lagging.has(real)) return -1;
    const domain =
      key < 0 ? closure.pools.spans(real).map((span) => span.value) : this.#pool(key, real);
    const slot = this.cells.length;
    this.cells.push(real);
    this.domains.push([...new Set(domain)].sort((a, b) => a - b));
    this.of.set(real, slot);
    return slot;
  }

  #pool(key: CellId, real: CellId): ValueId[] {
    const { world, closure } = this.#input;
    const initial = world.memory[real] ?? world.initial[real]!;
    return [initial, ...closure.pools.of(key).keys()];
  }
}

/** Cells of the line whose stores may wait in a buffer: no functions of its position. */
function laggingCells({ world, closure: { line }, quiet, isBuffered }: MachineInput): Set<CellId> {
  const lagging = new Set<CellId>();
  if (!isBuffered || line === null) return lagging;
  line.steps.forEach((step, i) => {
    if (!step.plainStore || quiet[i]) return;
    for (const cell of step.writes) lagging.add(world.resolve(cell, line.thread));
  });
  return lagging;
}

function acting(
  slots: Slots,
  step: Step | null,
  thread: number,
): Pick<Op, 'step' | 'observeSlot' | 'observeCell' | 'waits' | 'effects' | 'ownEffects'> {
  if (step === null)
    return { step, observeSlot: -1, observeCell: -1, waits: [], effects: [], ownEffects: 0 };
  const effects = step.effects.flatMap((effect): SlotEffect[] => {
    const slot = slots.slot(effect.cell, thread);
    if (slot < 0) return [];
    return [
      {
        slot,
        constant: effect.blind ? effect.apply(0, 0) : -1,
        apply: effect.apply,
        fromSlot: effect.from < 0 ? -1 : slots.slot(effect.from, thread),
        fromCell: effect.from,
      },
    ];
  });
  return {
    step,
    observeSlot: step.observe < 0 ? -1 : slots.slot(step.observe, thread),
    observeCell: step.observe,
    waits: step.waits.map(({ cell, ready }) => ({ slot: slots.slot(cell, thread), cell, ready })),
    effects,
    ownEffects: effects.length,
  };
}

function groupOp(slots: Slots, cls: Class, thread: number): Op {
  const { step, kids } = cls;
  const observed = (value: ValueId): ClassEdge => {
    const edge = kids.get(value);
    if (edge === undefined) {
      const text = step!.describe().text;
      throw new Error(`the closure missed a value: ${text} returned number ${value}`);
    }
    return edge;
  };
  const asks = step !== null && step.observe >= 0 && step.project !== null ? step.project : null;
  const follow = (raw: ValueId) => observed(asks === null ? raw : asks(raw));
  return {
    ...acting(slots, step, thread),
    next: [],
    follow,
    observed,
    isGuarded: cls.isGuarded,
    kids: [...kids.values()].map(({ to }) => to),
    result: cls.result,
    crash: cls.crash,
  };
}

function lineOp(input: MachineInput, slots: Slots, line: Line, i: number): Op {
  const step = line.steps[i] ?? null;
  const own = acting(slots, step, line.thread);
  const edge =
    step === null ? { to: i, events: 0 } : skipQuiet(input, line, i + 1, line.events[i + 1]!);
  // Effects of quiet steps on slots happen together with this one.
  const effects = [...own.effects];
  for (let j = i + 1; j < edge.to; j++) {
    effects.push(...acting(slots, line.steps[j]!, line.thread).effects);
  }
  const node = line.nodes[i]!;
  return {
    ...own,
    effects,
    next: [],
    follow: () => edge,
    observed: () => edge,
    isGuarded: false,
    kids: step === null ? [] : [edge.to],
    result: node.result,
    crash: node.crash,
  };
}

function skipQuiet(
  { quiet, events }: MachineInput,
  line: Line,
  from: number,
  noted: number,
): ClassEdge {
  let to = from;
  let all = noted;
  while (to < line.steps.length && quiet[to]) {
    all = events.append(all, events.list(line.events[to + 1]!));
    to++;
  }
  return { to, events: all };
}
