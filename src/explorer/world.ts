// SPDX-License-Identifier: GPL-2.0-only
// What is a world? The memory of one exploration: interned values, objects made of cells, and
// interned steps. Everything that may differ between two explorations hangs on a world, so two
// explorations never meet.

import { type Allocation, type Layout, Ref, type Scalar, type Value } from './objects.ts';
import {
  type CellId,
  type Effect,
  OWN,
  PLAIN,
  type Step,
  type StepSpec,
  stepOf,
  type ValueId,
} from './step.ts';
import { Marker, ValueTable } from './values.ts';

export { type Allocation, type Layout, Ref, type Scalar, type Value } from './objects.ts';

/** `object`: one cell holds all fields that are not apart. `field`: a cell per field. */
export type Granularity = 'object' | 'field';

export interface WorldOptions {
  readonly threads: number;
  /** The thread whose allocations are named without its name. */
  readonly allocator: number;
  readonly granularity: Granularity;
  /** Read-only parameters of the run that port code may ask for. */
  readonly config: Readonly<Record<string, unknown>>;
  /** No store is ever delayed, so one that waits for those before it is like any other. */
  readonly isUnbuffered?: boolean;
}

/** More scalars than any struct shares one cell for. */
const PATHS = 4096;

/** One number for one scalar of one cell. */
function locationOf(cell: CellId, path: number): number {
  return cell * PATHS + path + 1;
}

/** How many own cells each thread has room for. */
const OWN_CELLS = 8;

export class World {
  readonly options: WorldOptions;
  readonly table = new ValueTable();
  readonly steps: Step[] = [];
  /** Initial value of each cell. Grows while threads unfold; a new cell was never written. */
  readonly initial: ValueId[] = [];
  readonly cellName: (() => string)[] = [];
  /** Loads, stores and other steps of direct execution so far. */
  accesses = 0;
  /** Memory for direct execution (boot, sequential scenarios, checks at rest). */
  memory: ValueId[] = [];
  readonly allocations = new Map<string, Allocation>();
  readonly ownBase: CellId;
  /** How many own cells each thread has, and how many objects of each label were named. */
  ownUsed = 0;
  readonly directNames = new Map<string, number>();
  readonly #keyed = new Map<string, Step>();
  readonly #loads: (Map<number, Step> | undefined)[] = [];
  readonly #stores: (Map<number, Step> | undefined)[] = [];
  readonly #attached = new Map<CellId, Effect>();
  /** Structures of src/linux that are registered once at boot, by owner. */
  readonly registry = new Map<string, number>();
  /** The object that a value points at where pointers are numbers; null for all other values. */
  objectAt: (value: Value) => Allocation | null = () => null;
  /** Asks code of a port again whose answer is kept: true if it answers as it did. */
  readonly kept: (() => boolean)[] = [];

  constructor(options: WorldOptions) {
    this.options = options;
    this.ownBase = 0;
    for (let i = 0; i < (options.threads + 1) * OWN_CELLS; i++) {
      const thread = Math.floor(i / OWN_CELLS) - 1;
      this.cell(0, () => `own cell ${i % OWN_CELLS} of thread ${thread}`);
    }
  }

  /** Makes a cell with an initial value. */
  cell(initial: Value, name: () => string): CellId {
    const id = this.initial.length;
    const value = this.intern(initial);
    this.initial.push(value);
    this.memory.push(value);
    this.cellName.push(name);
    return id;
  }

  /** Reserves an own cell for every thread; use the result in steps, it means "mine". */
  ownCell(): CellId {
    if (this.ownUsed >= OWN_CELLS) throw new Error('no own cells left');
    return OWN + this.ownUsed++;
  }

  /** Names an object that direct execution allocates: by its label, counted from 0. */
  nextDirectName(label: string): string {
    const ordinal = this.directNames.get(label) ?? 0;
    this.directNames.set(label, ordinal + 1);
    // Threads name theirs `label 1`, `label 2`, ...: what boot made after the first gets letters.
    return ordinal === 0
      ? `${label} 0`
      : `${label} 0${'abcdefghijklmnopqrstuvwxyz'[ordinal - 1] ?? `.${ordinal}`}`;
  }

  /** The real cell behind a cell number of a step that the given thread executes. */
  resolve(cell: CellId, thread: number): CellId {
    return cell < OWN ? cell : this.ownBase + (thread + 1) * OWN_CELLS + (cell - OWN);
  }

  /** The thread that a cell belongs to, and which of its own cells it is; null for shared cells. */
  ownerOf(cell: CellId): { thread: number; index: number } | null {
    const at = cell - this.ownBase;
    if (at < 0 || at >= (this.options.threads + 1) * OWN_CELLS) return null;
    return { thread: Math.floor(at / OWN_CELLS) - 1, index: at % OWN_CELLS };
  }

  intern(value: Value): ValueId {
    return this.table.intern(value);
  }

  valueOf(id: ValueId): Value {
    return this.table.valueOf(id);
  }

  /**
   * The object of this name, made when it is first asked for. `fresh`: what nobody wrote is zeroed.
   */
  allocate(
    name: string,
    layout: Layout,
    heap: boolean,
    fresh: 'zero' | 'uninitialised',
  ): Allocation {
    const known = this.allocations.get(name);
    if (known !== undefined) return known;
    const count = layout.scalars.length;
    const cellOf = new Int32Array(count);
    const pathOf = new Int32Array(count).fill(-1);
    const cells: CellId[] = [];
    const allocation: Allocation = { name, layout, heap, cellOf, pathOf, cells, refs: new Map() };
    const freshValue = (scalar: Scalar): ValueId =>
      fresh === 'zero' ? this.intern(scalar.zero) : this.table.uninitialised;
    const together: number[] = [];
    layout.scalars.forEach((scalar, i) => {
      if (this.options.granularity === 'object' && !scalar.apart) together.push(i);
      else {
        cellOf[i] = this.cell(undefined, () => `${name}->${scalar.name}`);
        this.initial[cellOf[i]!] = freshValue(scalar);
        cells.push(cellOf[i]!);
      }
    });
    if (together.length > 0) {
      const cell = this.cell(undefined, () => name);
      const items = together.map((i) => freshValue(layout.scalars[i]!));
      this.initial[cell] = together.length === 1 ? items[0]! : this.table.contents(items);
      together.forEach((i, path) => {
        cellOf[i] = cell;
        pathOf[i] = together.length === 1 ? -1 : path;
      });
      cells.push(cell);
    }
    for (const cell of cells) this.memory[cell] = this.initial[cell]!;
    this.allocations.set(name, allocation);
    return allocation;
  }

  refTo(object: Allocation, offset: number): Ref {
    let ref = object.refs.get(offset);
    if (ref === undefined) {
      ref = new Ref(object, offset);
      object.refs.set(offset, ref);
    }
    return ref;
  }

  /** From now on every store to the cell also makes this change, in the same instant. */
  attach(cell: CellId, effect: Effect): void {
    this.#attached.set(cell, effect);
    this.#stores[cell] = undefined;
  }

  /** What a store to the cell changes as well. */
  attachedTo(cell: CellId): Effect | undefined {
    return this.#attached.get(cell);
  }

  /** Interns a step that is not a plain load or store. Equal keys must mean equal steps. */
  step(key: string, build: () => StepSpec): Step {
    let step = this.#keyed.get(key);
    if (step === undefined) {
      step = this.#add(build());
      this.#keyed.set(key, step);
    }
    return step;
  }

  loadStep(object: Allocation, offset: number): Step {
    const cell = object.cellOf[offset]!;
    const path = object.pathOf[offset]!;
    let ofCell = this.#loads[cell];
    if (ofCell === undefined) {
      ofCell = new Map();
      this.#loads[cell] = ofCell;
    }
    let step = ofCell.get(path);
    if (step === undefined) {
      const table = this.table;
      const { name, show } = object.layout.scalars[offset]!;
      step = this.#add({
        ...PLAIN,
        observe: cell,
        location: locationOf(cell, path),
        project: path < 0 ? null : (value) => table.item(value, path),
        describe: () => ({
          text: `${object.name}->${name} -> %`,
          show: (value) => this.show(value, show),
        }),
      });
      ofCell.set(path, step);
    }
    return step;
  }

  /** `release`: the store also waits until the own store buffer is empty. */
  storeStep(object: Allocation, offset: number, value: ValueId, release: boolean): Step {
    const cell = object.cellOf[offset]!;
    const path = object.pathOf[offset]!;
    let ofCell = this.#stores[cell];
    if (ofCell === undefined) {
      ofCell = new Map();
      this.#stores[cell] = ofCell;
    }
    const waits = release && this.options.isUnbuffered !== true;
    const key = (value * PATHS + (path + 1)) * 2 + Number(waits);
    let step = ofCell.get(key);
    if (step === undefined) {
      step = this.#add(this.#storeSpec(object, offset, value, waits));
      ofCell.set(key, step);
    }
    return step;
  }

  #storeSpec(object: Allocation, offset: number, value: ValueId, release: boolean): StepSpec {
    const table = this.table;
    const cell = object.cellOf[offset]!;
    const path = object.pathOf[offset]!;
    const { name, show } = object.layout.scalars[offset]!;
    const effects: Effect[] = [
      path < 0
        ? { cell, from: -1, blind: true, apply: () => value }
        : { cell, from: -1, blind: false, apply: (old) => table.withItem(old, path, value) },
    ];
    const attached = this.#attached.get(cell);
    if (attached !== undefined) effects.push(attached);
    const yes = this.intern(true);
    const no = this.intern(false);
    return {
      ...PLAIN,
      // A store to memory that may have been freed observes whether it was.
      observe: object.heap ? cell : -1,
      project: object.heap ? (old) => (old === table.poison ? yes : no) : null,
      effects,
      fence: release,
      plainStore: !release,
      location: locationOf(cell, path),
      stored: value,
      describe: () => ({
        text: `${object.name}->${name} := ${this.show(value, show)}`,
        show: null,
      }),
    };
  }

  #add(spec: StepSpec): Step {
    const step = stepOf(this.steps.length, spec);
    this.steps.push(step);
    return step;
  }

  /** Prints a value the way its field prints. */
  show(id: ValueId, show: (value: Value) => string): string {
    const value = this.valueOf(id);
    if (value instanceof Marker) return value.name;
    return value instanceof Ref ? value.path : show(value);
  }
}
