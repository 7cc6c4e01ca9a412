// SPDX-License-Identifier: GPL-2.0-only
// How does a port declare shared memory? As a struct, whose fields are accessors: every access is a
// step that the explorer sees. A plain object would be silently atomic; a field that struct() does
// not know cannot be written at all.

import { currentThread, currentWorld, nextAllocation, PortError } from '#explorer/run';
import type { Layout, Value, World } from '#explorer/world';
import type { Array_, Field, ScalarType } from './fields.ts';
import { type Lvalue, located, type Memory } from './place.ts';
import { noteStack } from './summed.ts';
import { shapeOf, type Template } from './view.ts';

export {
  apart,
  array,
  int,
  pointer,
  s16,
  s32,
  together,
  u8,
  u16,
  u32,
  u64,
  ulong,
  unseen,
} from './fields.ts';
export { loadScalar, storeScalar } from './memory.ts';
export { type Lvalue, located, type Memory } from './place.ts';

/** What a struct type yields when it is used as a type. */
export type Of<S> = S extends StructType<infer F> ? View<F> : never;

export type Fields = Record<string, Field>;

type FieldValue<F> =
  F extends ScalarType<infer T>
    ? T
    : F extends StructType<infer G>
      ? View<G>
      : F extends Array_<infer E>
        ? FieldValue<E>[] &
            (E extends ScalarType<infer T> ? { readonly $: readonly Lvalue<T>[] } : unknown)
        : never;

/** Scalars can be assigned, embedded structs and arrays only reached into, as in C. */
export type View<F extends Fields> = {
  -readonly [K in keyof F as F[K] extends ScalarType<infer _> ? K : never]: FieldValue<F[K]>;
} & {
  readonly [K in keyof F as F[K] extends ScalarType<infer _> ? never : K]: FieldValue<F[K]>;
} & {
  /** Addresses of the scalar fields, and of the elements of arrays of scalars. */
  readonly $: {
    readonly [K in keyof F as F[K] extends ScalarType<infer _> ? K : never]: Lvalue<
      FieldValue<F[K]>
    >;
  } & {
    readonly [K in keyof F as F[K] extends Array_<ScalarType<infer _>> ? K : never]: Lvalue<
      F[K] extends Array_<ScalarType<infer T>> ? T : never
    >[];
  };
};

export interface StructType<F extends Fields> {
  readonly kind: 'struct';
  readonly label: string;
  readonly fields: F;
  /** Number of scalars, layout and view constructor under the given world's parameters. */
  readonly shape: (world: World) => Shape;
  /** The same struct on the stack of one thread: no cells, no steps. */
  readonly local: (values?: readonly Value[]) => View<F>;
}

export interface Shape {
  readonly layout: Layout;
  /** The types of the scalars, in the order of the layout. */
  readonly types: readonly ScalarType<unknown>[];
  readonly at: (memory: Memory, base: number) => object;
  /** What it has in common with its shapes in other worlds. */
  readonly template: Template;
}

/** Declares a struct. `label` is its kernel name. */
export function struct<const F extends Fields>(label: string, fields: F): StructType<F> {
  const shapes = new WeakMap<World, Shape>();
  const templates = new Map<string, Template>();
  const type: StructType<F> = {
    kind: 'struct',
    label,
    fields,
    shape: (world) => {
      let shape = shapes.get(world);
      if (shape === undefined) {
        shape = shapeOf(world, type, templates);
        shapes.set(world, shape);
      }
      return shape;
    },
    local: (values) => {
      const shape = type.shape(currentWorld());
      const stack = values === undefined ? shape.layout.scalars.map((s) => s.zero) : [...values];
      noteStack(stack);
      return shape.at({ stack, layout: shape.layout }, 0) as View<F>;
    },
  };
  return type;
}

/** All scalars of a stack struct, in order: what a checkpoint has to carry. */
export function snapshot(view: object): readonly Value[] {
  const { memory } = located(view);
  if (!('stack' in memory)) throw new PortError('only a struct on the stack can be carried');
  return [...memory.stack];
}

/**
 * Allocates an object of this type. Names depend on thread and order only, never on the schedule.
 */
export function allocate<F extends Fields>(
  type: StructType<F>,
  fresh: 'zero' | 'uninitialised',
  heap: boolean,
): View<F> {
  const world = currentWorld();
  const shape = type.shape(world);
  const label = type.label.replace(/^kvm_/, '');
  // Of a struct without the prefix, such as `kvm` itself, there is one: it needs no number.
  const name = label === type.label && !heap ? label : nextAllocation(label);
  const thread = currentThread();
  const object = world.allocate(name, shape.layout, heap, fresh);
  if (object.layout.label !== type.label) {
    throw new PortError(`thread ${thread} allocates different types under the name ${name}`);
  }
  const ref = world.refTo(object, 0);
  ref.view ??= shape.at({ cells: object }, 0);
  return ref.view as View<F>;
}
