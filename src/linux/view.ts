// SPDX-License-Identifier: GPL-2.0-only
// How is a struct in memory reached? Through views: objects without state of their own, whose
// fields are accessors. A port is unfolded very often, so a view is one small object; what is
// embedded in it is made when it is first asked for.

import { Crash, emit, PortError } from '#explorer/run';
import type { Scalar, World } from '#explorer/world';
import { type Array_, type Field, isArray, isScalar, isStruct, type ScalarType } from './fields.ts';
import { loadScalar, storeScalar } from './memory.ts';
import { AT, type Lvalue, MEMORY, type Memory, NESTED, Place, STRUCT } from './place.ts';
import type { Fields, Shape, StructType } from './struct.ts';

type Make = (memory: Memory, base: number) => object;

/**
 * How a struct is laid out and viewed in all worlds in which its arrays have the same lengths. One
 * for all of them: code that is run in thousands of worlds then meets few kinds of objects.
 */
export interface Template {
  readonly number: number;
  readonly scalars: readonly Scalar[];
  /** The types of the scalars. */
  readonly types: readonly ScalarType<unknown>[];
  /** Is any of them printed in a way that depends on the world? */
  readonly isShownIn: boolean;
  readonly at: (memory: Memory, base: number) => object;
}

/** What the parameters of a world decide of a field. Of a scalar, and of an empty array's, null. */
type Decided = Template | DecidedArray | null;

interface DecidedArray {
  readonly length: number;
  readonly element: Decided;
}

/** The shape of a struct in a world. `known`: templates of this struct, by what decides them. */
export function shapeOf<F extends Fields>(
  world: World,
  type: StructType<F>,
  known: Map<string, Template>,
): Shape {
  const fields = Object.values(type.fields).map((field) => decidedIn(world, field));
  const key = fields.map(keyOf).join();
  let template = known.get(key);
  if (template === undefined) {
    template = templateOf(type, fields, known.size);
    known.set(key, template);
  }
  const { types, at } = template;
  const scalars = template.isShownIn
    ? template.scalars.map((one, i) => ({ ...one, show: types[i]!.showIn?.(world) ?? one.show }))
    : template.scalars;
  return { layout: { label: type.label, scalars }, types, at, template };
}

function decidedIn(world: World, field: Field): Decided {
  if (isScalar(field)) return null;
  if (field.kind === 'struct') return field.shape(world).template;
  const length = typeof field.length === 'number' ? field.length : field.length(world);
  return { length, element: length > 0 ? decidedIn(world, field.element) : null };
}

function keyOf(decided: Decided): string {
  if (decided === null) return '';
  if ('number' in decided) return String(decided.number);
  return `[${decided.length} ${keyOf(decided.element)}]`;
}

function templateOf<F extends Fields>(
  type: StructType<F>,
  fields: readonly Decided[],
  number: number,
): Template {
  const scalars: Scalar[] = [];
  const types: ScalarType<unknown>[] = [];
  class View extends Place {}
  class Addresses extends Place {}
  Object.defineProperty(View.prototype, STRUCT, { value: type });
  defineNested(View.prototype, '$', 0, (memory, base) => new Addresses(memory, base));
  let nested = 1;
  for (const [place, [name, field]] of Object.entries(type.fields).entries()) {
    const offset = scalars.length;
    if (isScalar(field)) {
      scalars.push({ name, zero: field.zero, apart: field.apart, show: field.show });
      types.push(field);
      defineScalar(View.prototype, Addresses.prototype, name, offset, field);
    } else if (isStruct(field)) {
      const own = fields[place] as Template;
      for (const s of own.scalars) scalars.push({ ...s, name: `${name}.${s.name}` });
      types.push(...own.types);
      defineNested(View.prototype, name, nested++, (memory, base) => own.at(memory, base + offset));
    } else if (isArray(field)) {
      const label = `${type.label}.${name}`;
      const decided = fields[place] as DecidedArray;
      const make = arrayShape(label, name, field, decided, { scalars, types });
      defineNested(View.prototype, name, nested++, make);
      if (isScalar(field.element)) {
        const { element } = field;
        const length = scalars.length - offset;
        const addresses = elementAddresses(label, offset, length, element);
        defineNested(Addresses.prototype, name, nested++, addresses);
      }
    }
  }
  const isShownIn = types.some(({ showIn }) => showIn !== undefined);
  return { number, scalars, types, isShownIn, at: (memory, base) => new View(memory, base) };
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
  label: string,
  name: string,
  { element }: Array_<Field>,
  decided: DecidedArray,
  { scalars, types }: { scalars: Scalar[]; types: ScalarType<unknown>[] },
): Make {
  const start = scalars.length;
  const { length } = decided;
  // An index outside the array is looked for on the prototype, which reports it.
  class View extends Place {}
  Object.setPrototypeOf(View.prototype, outside(label, length, element));
  Object.defineProperty(View.prototype, 'length', { value: length });
  if (isScalar(element)) defineAddresses(View.prototype, length, element);
  for (let i = 0; i < length; i++) {
    if (isStruct(element)) {
      const own = decided.element as Template;
      const offset = scalars.length;
      for (const s of own.scalars) scalars.push({ ...s, name: `${name}[${i}].${s.name}` });
      types.push(...own.types);
      defineNested(View.prototype, String(i), i, (memory, base) =>
        own.at(memory, base + offset - start),
      );
    } else if (isScalar(element)) {
      const { zero, apart, show } = element;
      scalars.push({ name: `${name}[${i}]`, zero, apart, show });
      types.push(element);
      Object.defineProperty(View.prototype, String(i), scalarAccess(i, element));
    } else if (isArray(element)) {
      const own = `${name}[${i}]`;
      const inner = decided.element as DecidedArray;
      const make = arrayShape(`${label}[${i}]`, own, element, inner, { scalars, types });
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
