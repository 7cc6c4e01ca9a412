// SPDX-License-Identifier: GPL-2.0-only
// How does a port declare shared memory? As a struct, whose fields are accessors: every access is a
// step that the explorer sees. A plain object would be silently atomic; a field that struct() does
// not know cannot be written at all.

import {
  currentThread,
  currentWorld,
  emit,
  nextAllocation,
  PortError,
  perform,
} from '#explorer/run';
import type { Step } from '#explorer/step';
import { Marker, UNINITIALISED } from '#explorer/values';
import {
  type Allocation,
  type Layout,
  Ref,
  type Scalar,
  type Value,
  type World,
} from '#explorer/world';
import { type Array_, type Field, isArray, isScalar, isStruct, type ScalarType } from './fields.ts';

export { apart, array, int, pointer, s16, s32, u8, u16, u32, u64, ulong } from './fields.ts';

/** The address of one scalar: what `&object->field` is in C. */
export interface Lvalue<T> {
  readonly memory: Memory;
  readonly offset: number;
  readonly type: ScalarType<T>;
}

/** What a struct type yields when it is used as a type. */
export type Of<S> = S extends StructType<infer F> ? View<F> : never;

export type Fields = Record<string, Field>;

type FieldValue<F> =
  F extends ScalarType<infer T>
    ? T
    : F extends StructType<infer G>
      ? View<G>
      : F extends Array_<infer E>
        ? E extends ScalarType<infer T>
          ? T[]
          : E extends StructType<infer G>
            ? View<G>[]
            : never
        : never;

/** Scalars can be assigned, embedded structs and arrays only reached into, as in C. */
export type View<F extends Fields> = {
  -readonly [K in keyof F as F[K] extends ScalarType<infer _> ? K : never]: FieldValue<F[K]>;
} & {
  readonly [K in keyof F as F[K] extends ScalarType<infer _> ? never : K]: FieldValue<F[K]>;
} & {
  /** Addresses of the scalar fields. */
  readonly $: {
    readonly [K in keyof F as F[K] extends ScalarType<infer _> ? K : never]: Lvalue<
      FieldValue<F[K]>
    >;
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
  readonly at: (memory: Memory, base: number) => object;
}

/** Where the scalars of a view live: cells of an allocation, or values on a stack. */
export type Memory =
  | { readonly cells: Allocation }
  | { readonly stack: Value[]; readonly layout: Layout };

/** What each view keeps under its fields; ports never use it. */
export interface Located {
  readonly memory: Memory;
  readonly base: number;
  readonly struct: StructType<Fields>;
}

const LOCATED = new WeakMap<object, Located>();

/** Where a view lies. Throws if it is not the view of a struct. */
export function located(view: object): Located {
  const found = LOCATED.get(view);
  if (found === undefined) throw new PortError('not the address of a struct');
  return found;
}

/** Declares a struct. `label` is its kernel name. */
export function struct<const F extends Fields>(label: string, fields: F): StructType<F> {
  const shapes = new WeakMap<World, Shape>();
  const type: StructType<F> = {
    kind: 'struct',
    label,
    fields,
    shape: (world) => {
      let shape = shapes.get(world);
      if (shape === undefined) {
        shape = shapeOf(world, type);
        shapes.set(world, shape);
      }
      return shape;
    },
    local: (values) => {
      const shape = type.shape(currentWorld());
      const stack = values === undefined ? shape.layout.scalars.map((s) => s.zero) : [...values];
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

function shapeOf<F extends Fields>(world: World, type: StructType<F>): Shape {
  const scalars: Scalar[] = [];
  const prototype = Object.create(null) as object;
  const addressPrototype = Object.create(null) as object;
  const nested: { name: string; make: (memory: Memory, base: number) => object }[] = [];
  for (const [name, field] of Object.entries(type.fields)) {
    const offset = scalars.length;
    if (isScalar(field)) {
      const show = field.showIn?.(world) ?? field.show;
      scalars.push({ name, zero: field.zero, apart: field.apart, show });
      defineScalar(prototype, addressPrototype, name, offset, field);
    } else if (isStruct(field)) {
      const shape = field.shape(world);
      for (const s of shape.layout.scalars) scalars.push({ ...s, name: `${name}.${s.name}` });
      nested.push({ name, make: (memory, base) => shape.at(memory, base + offset) });
    } else if (isArray(field)) {
      nested.push({ name, make: arrayShape(world, type.label, name, field, scalars) });
    }
  }
  const layout: Layout = { label: type.label, scalars };
  const at = (memory: Memory, base: number): object => {
    const view = Object.create(prototype) as Record<string, unknown>;
    LOCATED.set(view, { memory, base, struct: type as unknown as StructType<Fields> });
    Object.defineProperty(view, BASE, { value: { memory, base } });
    for (const { name, make } of nested) {
      Object.defineProperty(view, name, { value: make(memory, base), enumerable: true });
    }
    const addresses = Object.create(addressPrototype) as object;
    Object.defineProperty(addresses, BASE, { value: { memory, base } });
    Object.defineProperty(view, '$', { value: addresses });
    return Object.preventExtensions(view);
  };
  return { layout, at };
}

const BASE = Symbol('base');
type Based = { [BASE]: { memory: Memory; base: number } };

function defineScalar(
  prototype: object,
  addresses: object,
  name: string,
  offset: number,
  type: ScalarType<unknown>,
): void {
  Object.defineProperty(prototype, name, {
    get(this: Based): unknown {
      const { memory, base } = this[BASE];
      return loadScalar(memory, base + offset, type);
    },
    set(this: Based, value: unknown): void {
      const { memory, base } = this[BASE];
      storeScalar(memory, base + offset, type, value, false);
    },
  });
  Object.defineProperty(addresses, name, {
    get(this: Based): Lvalue<unknown> {
      const { memory, base } = this[BASE];
      return { memory, offset: base + offset, type };
    },
  });
}

/** Appends the scalars of an embedded array and returns how to make its view. */
function arrayShape(
  world: World,
  label: string,
  name: string,
  field: Array_<Field>,
  scalars: Scalar[],
) {
  const start = scalars.length;
  const length = typeof field.length === 'number' ? field.length : field.length(world);
  const element = field.element;
  const size = isStruct(element) ? element.shape(world).layout.scalars.length : 1;
  for (let i = 0; i < length; i++) {
    if (isStruct(element)) {
      for (const s of element.shape(world).layout.scalars)
        scalars.push({ ...s, name: `${name}[${i}].${s.name}` });
    } else if (isScalar(element)) {
      scalars.push({
        name: `${name}[${i}]`,
        zero: element.zero,
        apart: element.apart,
        show: element.show,
      });
    }
  }
  return (memory: Memory, base: number): object => {
    const views = isStruct(element)
      ? Array.from({ length }, (_, i) => element.shape(world).at(memory, base + start + i * size))
      : [];
    const at = (index: number) => base + start + index;
    return new Proxy([], {
      get(_, key): unknown {
        if (key === 'length') return length;
        const index = indexOf(key);
        if (index === null) throw new PortError(`an array in memory has no ${String(key)}`);
        if (index < 0 || index >= length) return outOfBounds(label, name, index, length, element);
        return isScalar(element) ? loadScalar(memory, at(index), element) : views[index];
      },
      set(_, key, value): boolean {
        const index = indexOf(key);
        if (index === null || !isScalar(element))
          throw new PortError(`cannot assign ${name}[${String(key)}]`);
        if (index < 0 || index >= length) outOfBounds(label, name, index, length, element);
        else storeScalar(memory, at(index), element, value, false);
        return true;
      },
      getPrototypeOf: () => ARRAY_OF_STRUCTS,
    });
  };
}

/** Marks the views of embedded arrays, so that sort() can tell them from JavaScript arrays. */
const ARRAY_OF_STRUCTS = Object.freeze({});

function indexOf(key: string | symbol): number | null {
  if (typeof key === 'symbol') return null;
  return /^-?\d+$/.test(key) ? Number(key) : null;
}

/** C would read whatever lies there; the model reports it and goes on with zeroes. */
function outOfBounds(
  label: string,
  name: string,
  index: number,
  length: number,
  element: Field,
): unknown {
  emit('out-of-bounds', `${label}.${name}[${index}] of ${length}`);
  if (isScalar(element)) return element.zero;
  return isStruct(element) ? element.local() : undefined;
}

/** Reads a scalar: one step, unless it lies on the stack. */
export function loadScalar<T>(memory: Memory, offset: number, type: ScalarType<T>): T {
  const value =
    'stack' in memory ? memory.stack[offset] : perform(LOAD, memory.cells, offset, null);
  if (value instanceof Marker) return markedValue(memory, offset, type, value);
  type.guard?.(memory, offset);
  return (value instanceof Ref ? value.view : value) as T;
}

const LOAD = (world: World, object: Allocation, offset: number, _: null): Step =>
  world.loadStep(object, offset);

function markedValue<T>(memory: Memory, offset: number, type: ScalarType<T>, value: Marker): T {
  const where =
    'cells' in memory
      ? `${memory.cells.layout.label}->${memory.cells.layout.scalars[offset]?.name}`
      : '';
  emit(value === UNINITIALISED ? 'uninitialised-read' : 'use-after-free', `read of ${where}`);
  return type.zero as T;
}

/** Writes a scalar: one step, unless it lies on the stack. `release` orders it after all before it. */
export function storeScalar<T>(
  memory: Memory,
  offset: number,
  type: ScalarType<T>,
  value: T,
  release: boolean,
): void {
  const converted = type.convert(value) as unknown;
  const stored =
    converted !== null && typeof converted === 'object' ? refOf(converted) : (converted as Value);
  if ('stack' in memory) {
    memory.stack[offset] = stored;
    return;
  }
  const freed = perform(release ? STORE_RELEASE : STORE, memory.cells, offset, stored);
  if (freed === true) {
    const { layout } = memory.cells;
    emit('use-after-free', `write to ${layout.label}->${layout.scalars[offset]?.name}`);
  }
}

const STORE = (world: World, object: Allocation, offset: number, value: Value): Step =>
  world.storeStep(object, offset, world.intern(value), false);
const STORE_RELEASE = (world: World, object: Allocation, offset: number, value: Value): Step =>
  world.storeStep(object, offset, world.intern(value), true);

/** The pointer value that stands for the address of a view. */
export function refOf(view: object): Ref {
  const { memory, base } = located(view);
  if (!('cells' in memory)) throw new PortError('the address of a stack struct cannot be stored');
  const ref = currentWorld().refTo(memory.cells, base);
  ref.view ??= view;
  return ref;
}

/** Allocates an object of this type. Names depend on thread and order only, never on the schedule. */
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
