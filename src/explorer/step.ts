// SPDX-License-Identifier: GPL-2.0-only
// What is one step? The smallest action of a thread that another thread can notice. Engines
// execute steps; port code only asks for them. A step may wait for cells, observe one cell and
// change cells, each by a function of single values, so that an engine can ask "what could this
// step return?" without running anything.

/** The number of an interned value in one world. Never print, store or compare it across worlds. */
export type ValueId = number;

/** The number of a memory cell in one world, or `OWN + k` for the k-th own cell of a thread. */
export type CellId = number;

/** Cells from this number on stand for a cell of the thread that executes the step. */
export const OWN = 1 << 24;

/** One change of memory: `cell := apply(value of cell, value of from)`. */
export interface Effect {
  readonly cell: CellId;
  /** A second cell that the new value depends on, or -1. */
  readonly from: CellId;
  readonly apply: (old: ValueId, from: ValueId) => ValueId;
  /** True if the new value depends on neither cell. */
  readonly blind: boolean;
}

/** A condition: the step is blocked while `ready` is false for the value of the cell. */
export interface Wait {
  readonly cell: CellId;
  readonly ready: (value: ValueId) => boolean;
}

/** How a table row shows a step. `%` stands for the observed value. */
export interface StepText {
  readonly text: string;
  /** Formats the observed value; null if the step observes nothing worth printing. */
  readonly show: ((value: ValueId) => string) | null;
}

export interface StepSpec {
  /** The cell whose value the thread observes, or -1. */
  readonly observe: CellId;
  /** What the thread sees of that value; null means the value itself. */
  readonly project: ((value: ValueId) => ValueId) | null;
  readonly waits: readonly Wait[];
  readonly effects: readonly Effect[];
  /** The step orders: under a memory model with store buffers it needs the own buffer empty. */
  readonly fence: boolean;
  /** A plain store, which a store buffer may delay. */
  readonly plainStore: boolean;
  /** The scalar that a load or store is about, as one number; -1 for other steps. */
  readonly location: number;
  /** The value that a store writes to its location. */
  readonly stored: ValueId;
  /** 1 if the step opens a read-side section, -1 if it closes one. */
  readonly section: -1 | 0 | 1;
  /** 1 if the step takes the lock that its first effect is about, -1 if it drops it. */
  readonly lock: -1 | 0 | 1;
  /** The step begins or ends a grace period. */
  readonly grace: 'begin' | 'end' | null;
  readonly describe: () => StepText;
}

/** A step that does nothing; specifications start from it. */
export const PLAIN: Omit<StepSpec, 'describe'> = {
  observe: -1,
  project: null,
  waits: [],
  effects: [],
  fence: false,
  plainStore: false,
  location: -1,
  stored: -1,
  section: 0,
  lock: 0,
  grace: null,
};

/** A step as the world keeps it: two equal steps of one world are the same object. */
export interface Step extends StepSpec {
  readonly id: number;
  /** Cells that decide what the step does or returns. */
  readonly reads: readonly CellId[];
  /** Cells that the step may change. */
  readonly writes: readonly CellId[];
}

/** Completes a specification: the access sets follow from it. */
export function stepOf(id: number, spec: StepSpec): Step {
  const reads = new Set<CellId>();
  const writes = new Set<CellId>();
  if (spec.observe >= 0) reads.add(spec.observe);
  for (const wait of spec.waits) reads.add(wait.cell);
  for (const effect of spec.effects) {
    writes.add(effect.cell);
    if (!effect.blind) reads.add(effect.cell);
    if (effect.from >= 0) reads.add(effect.from);
  }
  return { ...spec, id, reads: [...reads], writes: [...writes] };
}
