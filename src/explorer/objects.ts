// SPDX-License-Identifier: GPL-2.0-only
// What is an object of the model? An allocation with a layout: named scalars, each in a cell. A
// pointer is a reference to one of its scalars.

import type { CellId } from './step.ts';
import type { Contents, Marker } from './values.ts';

/** The value of a cell. A pointer is a `Ref`, null is the NULL pointer. */
export type Value = number | bigint | boolean | string | null | undefined | Ref | Contents | Marker;

/** One scalar of an object: its printed path, and how its values print. */
export interface Scalar {
  readonly name: string;
  readonly zero: Value;
  /** Gets a cell of its own, because it changes while the rest of the object is being read. */
  readonly apart: boolean;
  readonly show: (value: Value) => string;
}

export interface Layout {
  readonly label: string;
  readonly scalars: readonly Scalar[];
}

/** The value of a pointer: an object and an offset in scalars. Unique per world. */
export class Ref {
  readonly object: Allocation;
  readonly offset: number;
  /** The typed view that port code gets when it loads this pointer. */
  view: object | null = null;
  constructor(object: Allocation, offset: number) {
    this.object = object;
    this.offset = offset;
  }

  /** Where it leads: an object, or what is embedded in one, such as `box->points[1]`. */
  get path(): string {
    const { name, layout } = this.object;
    const first = layout.scalars[this.offset]?.name ?? '';
    const end = first.lastIndexOf('.');
    return this.offset === 0 || end < 0 ? name : `${name}->${first.slice(0, end)}`;
  }
}

/** One allocated object. Its name never depends on the schedule. */
export interface Allocation {
  readonly name: string;
  readonly layout: Layout;
  /** May be freed: accesses are checked for use after free. */
  readonly heap: boolean;
  readonly cellOf: Int32Array;
  /** Position inside the contents of the cell, or -1 if the scalar is the whole cell. */
  readonly pathOf: Int32Array;
  readonly cells: readonly CellId[];
  readonly refs: Map<number, Ref>;
}
