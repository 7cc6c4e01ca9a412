// SPDX-License-Identifier: GPL-2.0-only
// How does a driver reach a kernel of translated C? It calls functions by their C names and reads
// fields by their C paths. Where the thread runs is told to the machine, so a driver's own accesses
// stand at no place of the tree.

import { u64 } from '#linux/fields';
import type { Lvalue } from '#linux/place';
import { type Address, functionAddress, type Scalar } from '../machine.ts';
import type { FlatWorld } from '../memory/flat-world.ts';
import { type Code, machineOf, type Runtime } from '../memory/runtime.ts';
import type { Layouts, MemberPlace, Translation, Word } from '../translation.ts';

/** An argument as the driver has it. */
export type Argument = number | bigint | boolean;

export class Kernel {
  readonly flat: FlatWorld;
  readonly translation: Translation;
  readonly #code: Code;

  constructor(flat: FlatWorld, code: Code) {
    this.flat = flat;
    this.translation = flat.translation;
    this.#code = code;
  }

  get layouts(): Layouts {
    return this.translation.layouts;
  }

  get m(): Runtime {
    return machineOf(this.flat, this.#code);
  }

  has(name: string): boolean {
    return this.translation.functionNamed.has(name);
  }

  /** Calls a function of the tree. Throws an Error if it was not translated. */
  call(name: string, ...args: Argument[]): Scalar {
    const found = this.translation.functionNamed.get(name);
    if (found === undefined) throw new Error(`${name}() was not translated`);
    const { m } = this;
    const { parameters, index } = found;
    // What is missing is 0, as the types of C want it.
    for (let i = 0; i < parameters.length; i++)
      args[i] = convert(args[i] ?? 0, parameters[i]!.word);
    const result = m.f[index]!(m, ...(args as Scalar[]));
    m.leaveTree();
    return result ?? 0;
  }

  /** The address of a function, for a field that points at one. */
  addressOf(name: string): Address {
    const found = this.translation.functionNamed.get(name);
    if (found === undefined) throw new Error(`${name}() was not translated`);
    return functionAddress(found.index);
  }

  place(type: string, path: string): MemberPlace {
    return this.layouts.place(type, path);
  }

  /** Reads a field of an object; integers of any width as bigints, pointers as they are. */
  read(object: Address, type: string, path: string): bigint {
    const { offset, size, bits } = this.place(type, path);
    const value = loadUnsigned(this.m, object + offset, size);
    return bits === undefined ? value : BigInt.asUintN(bits.width, value >> BigInt(bits.shift));
  }

  pointer(object: Address, type: string, path: string): Address {
    return this.m.ldp(-1, object + this.place(type, path).offset);
  }

  number(object: Address, type: string, path: string): number {
    const value = this.read(object, type, path);
    const { word, size } = this.place(type, path);
    return Number(word?.startsWith('s') === true ? BigInt.asIntN(8 * size, value) : value);
  }

  write(object: Address, type: string, path: string, value: Argument): void {
    const { offset, size, bits } = this.place(type, path);
    const { m } = this;
    if (bits !== undefined) {
      const old = BigInt(m.ldu32(-1, object + offset));
      const mask = ((1n << BigInt(bits.width)) - 1n) << BigInt(bits.shift);
      const added = (BigInt(value) << BigInt(bits.shift)) & mask;
      m.st32(-1, object + offset, Number((old & ~mask) | added));
    } else if (size === 8) m.st64(-1, object + offset, BigInt(value));
    else if (size === 4) m.st32(-1, object + offset, Number(value));
    else if (size === 2) m.st16(-1, object + offset, Number(value));
    else m.st8(-1, object + offset, Number(value));
  }

  /** A word of shared memory, for what asks a question about it in one step. */
  wordAt(address: Address): Lvalue<bigint> {
    const placed = this.flat.find(address);
    if (placed === undefined) throw new Error('no shared object lies there');
    const offset = (address - placed.address) / 8;
    this.flat.cellOf(placed.object, offset);
    return { memory: { cells: placed.object }, offset, type: u64 };
  }

  /** Does the tree declare such a field? */
  hasField(type: string, path: string): boolean {
    return this.layouts.has(type, path);
  }

  /** A variable of the tree, by name. */
  global(name: string): Address {
    const found = this.translation.globals.get(name);
    if (found === undefined) throw new Error(`there is no variable ${name}`);
    return found.address;
  }

  setGlobal(name: string, value: Argument): void {
    const { address, size } = this.translation.globals.get(name) ?? { address: 0, size: 0 };
    if (size === 0) throw new Error(`there is no variable ${name}`);
    this.flat.constants.write(address, 8 * size, BigInt(value));
  }

  getGlobal(name: string): bigint {
    const { address, size } = this.translation.globals.get(name) ?? { address: 0, size: 0 };
    if (size === 0) throw new Error(`there is no variable ${name}`);
    return this.flat.constants.read(address, 8 * size);
  }
}

/** Reads so many bytes, unsigned. */
export function loadUnsigned(m: Runtime, at: Address, size: number): bigint {
  if (size === 8) return m.ldu64(-1, at);
  if (size === 4) return BigInt(m.ldu32(-1, at));
  return BigInt(size === 2 ? m.ldu16(-1, at) : m.ldu8(-1, at));
}

function convert(value: Argument, word: Word): Scalar {
  switch (word) {
    case 'u64':
      return BigInt.asUintN(64, BigInt(value));
    case 's64':
      return BigInt.asIntN(64, BigInt(value));
    case 'pointer':
      return Number(value);
    case 'bool':
      return Number(BigInt(value) !== 0n);
    case 'u32':
      return typeof value === 'number' ? value >>> 0 : Number(BigInt.asUintN(32, BigInt(value)));
    case 's32':
      return typeof value === 'number' ? value | 0 : Number(BigInt.asIntN(32, BigInt(value)));
    default: {
      const bits = Number(word.slice(1));
      const low = word.startsWith('s') ? BigInt.asIntN : BigInt.asUintN;
      return Number(low(bits, BigInt(value)));
    }
  }
}
