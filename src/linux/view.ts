// SPDX-License-Identifier: GPL-2.0-only
// How is a struct in memory reached? Through views: objects without state of their own, whose
// fields are accessors. A port is unfolded very often, so a view is one small object; what is
// embedded in it is made when it is first asked for.

import { Crash, emit, PortError } from '#explorer/run';
import type { Layout, Scalar, World } from '#explorer/world';
import { type Array_, type Field, isArray, isScalar, isStruct, type ScalarType } from './fields.ts';
import { loadScalar, storeScalar } from './memory.ts';
import { AT, type Lvalue, MEMORY, type Memory, NESTED, Place, STRUCT } from './place.ts';
import type { Fields, Shape, StructType } from './struct.ts';

type Make = (memory: Memory, base: number) => object;

/** The layout of a struct under the parameters of a world, and how to make views of it. */
export function shapeOf<F extends Fields>(world: World, type: StructType<F>): Shape {
  const scalars: Scalar[] = [];
  const types: ScalarType<unknown>[] = [];
  class View extends Place {}
  class Addresses extends Place {}
  Object.defineProperty(View.prototype, STRUCT, { value: type });
  defineNested(View.prototype, '$', 0, (memory, base) => new Addresses(memory, base));
  let nested = 1;
  for (const [name, field] of Object.entries(type.fields)) {
    const offset = scalars.length;
    if (isScalar(field)) {
      const show = field.showIn?.(world) ?? field.show;
      scalars.push({ name, zero: field.zero, apart: field.apart, show });
      types.push(field);
      defineScalar(View.prototype, Addresses.prototype, name, offset, field);
    } else if (isStruct(field)) {
      const shape = field.shape(world);
      for (const s of shape.layout.scalars) scalars.push({ ...s, name: `${name}.${s.name}` });
      types.push(...shape.types);
      defineNested(View.prototype, name, nested++, (memory, base) =>
        shape.at(memory, base + offset),
      );
    } else if (isArray(field)) {
      const label = `${type.label}.${name}`;
      const make = arrayShape(world, label, name, field, { scalars, types });
      defineNested(View.prototype, name, nested++, make);
      if (isScalar(field.element)) {
        const { element } = field;
        const length = scalars.length - offset;
        const addresses = elementAddresses(label, offset, length, element);
        defineNested(Addresses.prototype, name, nested++, addresses);
      }
    }
  }
  const layout: Layout = { label: type.label, scalars };
  return { layout, types, at: (memory, base) => new View(memory, base) };
}

function defineNested(prototype: object, name: string, index: number, make: Make): void {
  Object.defineProperty(prototype, name, {
    get(this: Place): object {
      const known = this[NESTED][index];
      if (known !== undefined) return known;
      const made = make(this[MEMORY], this[AT]);
      this[NESTED][index] = made;
      return made;
    },
  });
}

function defineScalar(
  prototype: object,
  addresses: object,
  name: string,
  offset: number,
  type: ScalarType<unknown>,
): void {
  Object.defineProperty(prototype, name, scalarAccess(offset, type));
  Object.defineProperty(addresses, name, {
    get(this: Place): Lvalue<unknown> {
      return { memory: this[MEMORY], offset: this[AT] + offset, type };
    },
  });
}

function scalarAccess(offset: number, type: ScalarType<unknown>): PropertyDescriptor {
  return {
    get(this: Place): unknown {
      return loadScalar(this[MEMORY], this[AT] + offset, type);
    },
    set(this: Place, value: unknown): void {
      storeScalar(this[MEMORY], this[AT] + offset, type, value, false);
    },
  };
}

/** Appends the scalars of an embedded array and returns how to make its view. */
function arrayShape(
  world: World,
  label: string,
  name: string,
  field: Array_<Field>,
  { scalars, types }: { scalars: Scalar[]; types: ScalarType<unknown>[] },
): Make {
  const start = scalars.length;
  const length = typeof field.length === 'number' ? field.length : field.length(world);
  const { element } = field;
  // An index outside the array is looked for on the prototype, which reports it.
  class View extends Place {}
  Object.setPrototypeOf(View.prototype, outside(label, length, element));
  Object.defineProperty(View.prototype, 'length', { value: length });
  if (isScalar(element)) defineAddresses(View.prototype, length, element);
  for (let i = 0; i < length; i++) {
    if (isStruct(element)) {
      const shape = element.shape(world);
      const offset = scalars.length;
      for (const s of shape.layout.scalars) scalars.push({ ...s, name: `${name}[${i}].${s.name}` });
      types.push(...shape.types);
      defineNested(View.prototype, String(i), i, (memory, base) =>
        shape.at(memory, base + offset - start),
      );
    } else if (isScalar(element)) {
      const show = element.showIn?.(world) ?? element.show;
      scalars.push({ name: `${name}[${i}]`, zero: element.zero, apart: element.apart, show });
      types.push(element);
      Object.defineProperty(View.prototype, String(i), scalarAccess(i, element));
    } else if (isArray(element)) {
      const own = `${name}[${i}]`;
      const make = arrayShape(world, `${label}[${i}]`, own, element, { scalars, types });
      defineNested(View.prototype, String(i), i, (memory, base) => make(memory, base - start));
    }
  }
  return (memory, base) => new View(memory, base + start);
}

/** Addresses of the elements of an array of scalars. */
function elementAddresses(
  label: string,
  start: number,
  length: number,
  element: ScalarType<unknown>,
): Make {
  class Addresses extends Place {}
  const stray = (): Lvalue<unknown> => ({
    memory: { stack: [element.zero], layout: { label, scalars: [] } },
    offset: 0,
    type: element,
  });
  Object.setPrototypeOf(Addresses.prototype, outside(label, length, element, stray));
  for (let i = 0; i < length; i++) {
    Object.defineProperty(Addresses.prototype, String(i), {
      get(this: Place): Lvalue<unknown> {
        return { memory: this[MEMORY], offset: this[AT] + start + i, type: element };
      },
    });
  }
  return (memory, base) => new Addresses(memory, base);
}

/** `$` of an array of scalars: the address of each element. */
function defineAddresses(array: object, length: number, type: ScalarType<unknown>): void {
  class Addresses extends Place {}
  for (let i = 0; i < length; i++) {
    Object.defineProperty(Addresses.prototype, String(i), {
      get(this: Place): Lvalue<unknown> {
        return { memory: this[MEMORY], offset: this[AT] + i, type };
      },
    });
  }
  defineNested(array, '$', length, (memory, base) => new Addresses(memory, base));
}

/** What an array does when it is asked for anything but its elements. */
function outside(
  label: string,
  length: number,
  element: Field,
  stray: () => unknown = () => strayElement(element),
): object {
  const report = (key: string | symbol): void => {
    if (typeof key === 'symbol') return;
    // What was never set is an index only where code was edited: C would take any number.
    if (key === 'undefined' || key === 'NaN') throw new Crash(`${label}[] of a number not set`);
    if (!/^-?\d+$/.test(key)) throw new PortError(`an array in memory has no ${key}`);
    // C would read whatever lies there; the model reports it and goes on with zeroes.
    emit('out-of-bounds', `${label}[${key}] of ${length}`);
  };
  return new Proxy(Object.create(null) as object, {
    get(_, key): unknown {
      report(key);
      if (typeof key === 'symbol') return undefined;
      return stray();
    },
    set(_, key): boolean {
      report(key);
      return true;
    },
  });
}

function strayElement(element: Field): unknown {
  if (isScalar(element)) return element.zero;
  return isStruct(element) ? element.local() : undefined;
}
