// SPDX-License-Identifier: GPL-2.0-only
// Where does a view lie? In the cells of an allocation, or on the stack of one thread, at an offset
// counted in scalars.

import { currentWorld, PortError } from '#explorer/run';
import type { Allocation, Layout, Ref, Value } from '#explorer/world';
import type { ScalarType } from './fields.ts';
import type { Fields, StructType } from './struct.ts';

/** Where the scalars of a view live: cells of an allocation, or values on a stack. */
export type Memory =
  | { readonly cells: Allocation }
  | { readonly stack: Value[]; readonly layout: Layout };

/** The address of one scalar: what `&object->field` is in C. */
export interface Lvalue<T> {
  readonly memory: Memory;
  readonly offset: number;
  readonly type: ScalarType<T>;
}

/** What each view keeps under its fields; ports never use it. */
export interface Located {
  readonly memory: Memory;
  readonly base: number;
  readonly struct: StructType<Fields>;
}

export const MEMORY = Symbol('memory');
export const AT = Symbol('at');
export const NESTED = Symbol('nested');
export const STRUCT = Symbol('struct');

/** A view of a struct, or the `$` of one. */
export class Place {
  readonly [MEMORY]: Memory;
  readonly [AT]: number;
  readonly [NESTED]: object[] = [];
  declare readonly [STRUCT]: StructType<Fields> | undefined;
  constructor(memory: Memory, base: number) {
    this[MEMORY] = memory;
    this[AT] = base;
    Object.preventExtensions(this);
  }
}

/** Where a view lies. Throws if it is not the view of a struct. */
export function located(view: object): Located {
  const place = view as Place;
  const struct = place[STRUCT];
  if (struct === undefined) throw new PortError('not the address of a struct');
  return { memory: place[MEMORY], base: place[AT], struct };
}

/** The pointer value that stands for the address of a view. */
export function refOf(view: object): Ref {
  const { memory, base } = located(view);
  if (!('cells' in memory)) throw new PortError('the address of a stack struct cannot be stored');
  const ref = currentWorld().refTo(memory.cells, base);
  ref.view ??= view;
  return ref;
}
