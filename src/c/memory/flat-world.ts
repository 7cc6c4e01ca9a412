// SPDX-License-Identifier: GPL-2.0-only
// Where do the bytes of C lie in a world of the explorer? In objects of 8-byte words, each a cell,
// at addresses that depend on the thread's own history alone. What the profile sets up once and
// nobody writes lies beside them and is read without a step.

import type { Allocation, Scalar, Value } from '#explorer/objects';
import { PortError } from '#explorer/run';
import { running } from '#explorer/running';
import type { World } from '#explorer/world';
import { mutex } from '#linux/mutex';
import { Place, STRUCT } from '#linux/place';
import type { Address } from '../machine.ts';
import type { Translation } from '../translation.ts';
import { Constants } from './constants.ts';
import {
  isOwn,
  isStack,
  ROOM,
  ROUND_ROOM,
  SHARED_AT,
  THREAD_ROOM,
  VARIANT_ROOMS,
} from './places.ts';
import { labelOf, WordScalar } from './word-scalar.ts';

/** An object that threads share, and where it lies. */
export interface Placed {
  readonly object: Allocation;
  readonly address: Address;
  readonly bytes: number;
}

/** What is to be known of an object when it is made. */
export interface Wanted {
  readonly name: string;
  /** Its type, for tables; null if nobody knows. */
  readonly type: string | null;
  readonly bytes: number;
  /** It can be freed. */
  readonly isHeap: boolean;
  readonly fresh: 'zero' | 'uninitialised';
  /** Words, by number, that are a lock of src/linux. */
  readonly locks?: ReadonlySet<number>;
  /** Ranges of words, `[first, end)`, that are mostly written while nobody sees them. */
  readonly groups?: readonly (readonly [first: number, end: number])[];
  /** Words that change while others read their neighbours. */
  readonly apart?: ReadonlySet<number>;
  /** Prints a word of the object instead of the usual way. */
  readonly show?: (value: bigint) => string;
  /** Names a word of an object that has no type. */
  readonly nameOf?: (word: number) => string;
}

/** A lock or an srcu_struct inside an object of C, as the primitives of src/linux want it. */
class LockPlace extends Place {}
Object.defineProperty(LockPlace.prototype, STRUCT, { value: mutex });

const NO_WORDS: ReadonlySet<number> = new Set();

const WORLDS = new WeakMap<World, FlatWorld>();

/** The C memory of one world. */
export class FlatWorld {
  readonly world: World;
  readonly translation: Translation;
  /** Types of heap objects by their size in bytes, as the profile names them. */
  readonly heapTypes: ReadonlyMap<number, string>;
  /** By type the words that change while others read their neighbours. */
  readonly apartOf = new Map<string, ReadonlySet<number>>();
  /** By type the words that a copy of the struct carries along unseen. */
  readonly unseenOf = new Map<string, ReadonlySet<number>>();
  readonly #placed = new Map<number, Placed>();
  readonly #byName = new Map<string, Placed>();
  readonly #locks = new Map<Address, object>();
  /** What module load sets up and nobody writes while a VM exists: read without a step. */
  readonly constants: Constants;
  #next = SHARED_AT;
  /** Where the entries lie that the scenario uses, and what says nothing in one of them. */
  entries: readonly Address[] = [];
  emptyEntry = 0n;
  /** Statistics that threads count and nobody reads: they stay 0, and take no step. */
  readonly statistics: [from: Address, to: Address][] = [];
  /** The header of each page table, by the address of the table. */
  readonly headers = new Map<Address, Address>();

  constructor(world: World, translation: Translation, heapTypes: ReadonlyMap<number, string>) {
    this.world = world;
    this.translation = translation;
    this.heapTypes = heapTypes;
    this.constants = new Constants(translation);
    WORLDS.set(world, this);
    world.objectAt = (value) => this.objectOf(value);
  }

  static of(world: World): FlatWorld {
    const found = WORLDS.get(world);
    if (found === undefined) throw new PortError('this world has no memory for C');
    return found;
  }

  /** The address of what belongs to one thread: nobody else may see it. */
  isPrivate(address: Address): boolean {
    return isStack(address) || isOwn(address);
  }

  isStatistic(address: Address): boolean {
    return this.statistics.some(([from, to]) => address >= from && address < to);
  }

  /** The shared object around an address, or undefined. */
  find(address: Address): Placed | undefined {
    return this.#placed.get(Math.floor(address / ROOM));
  }

  /** The object that a word points at, if it does. */
  objectOf(value: Value): Allocation | null {
    if (typeof value !== 'bigint' || value < BigInt(SHARED_AT)) return null;
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) return null;
    return this.find(Number(value))?.object ?? null;
  }

  /** Makes an object, or finds it if the thread made it in another unfolding. */
  make(wanted: Wanted): Placed {
    const variant = this.#variantOf(wanted.bytes);
    const key = variant === 0 ? wanted.name : `${wanted.name} of ${wanted.bytes} bytes`;
    const known = this.#byName.get(key);
    if (known !== undefined) {
      if (known.bytes !== wanted.bytes)
        throw new PortError(`objects of different sizes are named ${wanted.name}`);
      return known;
    }
    const rooms = Math.max(1, Math.ceil(wanted.bytes / ROOM));
    const address = this.#addressFor(rooms, variant);
    const object = this.#allocation(wanted);
    const placed = { object, address, bytes: wanted.bytes };
    for (let i = 0; i < rooms; i++) this.#placed.set(address / ROOM + i, placed);
    this.#byName.set(key, placed);
    this.world.allocations.set(key, object);
    return placed;
  }

  /**
   * An array that is as long as it must be may have another length where the thread is thought to
   * have read other numbers: which one of the lengths of its type it is.
   */
  #variantOf(bytes: number): number {
    const type = this.heapTypes.get(bytes);
    if (type === undefined) return 0;
    const sizes = [...this.heapTypes].flatMap(([size, other]) => (other === type ? [size] : []));
    return sizes.indexOf(bytes);
  }

  #addressFor(rooms: number, variant: number): Address {
    const run = running();
    if (run.direct) {
      const address = this.#next;
      this.#next += rooms * ROOM;
      return address;
    }
    if (rooms > 1) throw new PortError('a thread allocates more than 64 KiB at once');
    if (run.allocations >= VARIANT_ROOMS || variant * VARIANT_ROOMS * ROOM >= ROUND_ROOM)
      throw new PortError('a thread allocates more often than there is room for');
    const room = run.allocations + variant * VARIANT_ROOMS;
    return (run.thread + 2) * THREAD_ROOM + run.round * ROUND_ROOM + room * ROOM;
  }

  #allocation(wanted: Wanted): Allocation {
    const { name, type, bytes, isHeap, fresh, locks, show } = wanted;
    const count = Math.ceil(bytes / 8);
    const print = show ?? ((value: bigint) => this.show(value));
    const scalars: Scalar[] = Array.from({ length: count }, (_, i): Scalar => {
      const isLock = locks?.has(i) ?? false;
      const named = wanted.nameOf?.(i) ?? null;
      return new WordScalar(this.translation, type, i, isLock, named, (value) =>
        print(value as bigint),
      );
    });
    const cells: number[] = [];
    const object: Allocation = {
      name,
      layout: { label: labelOf(type) ?? name, scalars },
      heap: isHeap,
      cellOf: new Int32Array(count).fill(-1),
      pathOf: new Int32Array(count).fill(-1),
      cells,
      refs: new Map(),
    };
    const apart = wanted.apart ?? this.apartOf.get(type ?? '') ?? NO_WORDS;
    const groups = isHeap ? [[0, count] as const] : (wanted.groups ?? []);
    for (const [first, end] of groups) this.#group(object, first, end, apart, fresh);
    if (isHeap) for (let i = 0; i < count; i++) this.cellOf(object, i);
    return object;
  }

  /**
   * Words that share a cell, as the fields of a struct of a port do: a load sees its own word.
   * Where store buffers are explored each word has a cell of its own.
   */
  #group(
    object: Allocation,
    first: number,
    end: number,
    apart: ReadonlySet<number>,
    fresh: Wanted['fresh'],
  ): void {
    const { world } = this;
    const { table } = world;
    const { scalars } = object.layout;
    const words = Array.from({ length: end - first }, (_, i) => first + i);
    const freshOf = (word: number) =>
      fresh === 'zero' ? world.intern(scalars[word]!.zero) : table.uninitialised;
    const isTogether = world.options.granularity === 'object';
    const together = isTogether ? words.filter((word) => !apart.has(word)) : [];
    if (together.length > 1) {
      const cell = world.cell(undefined, () => object.name);
      const contents = table.contents(together.map(freshOf));
      world.initial[cell] = contents;
      world.memory[cell] = contents;
      together.forEach((word, path) => {
        object.cellOf[word] = cell;
        object.pathOf[word] = path;
      });
      (object.cells as number[]).push(cell);
    }
    if (fresh === 'zero') return;
    for (const word of words) {
      if (object.cellOf[word]! >= 0) continue;
      const cell = this.cellOf(object, word);
      world.initial[cell] = table.uninitialised;
      world.memory[cell] = table.uninitialised;
    }
  }

  /** The cell of a word. Objects that are never freed have cells for those words that are used. */
  cellOf(object: Allocation, word: number): number {
    const known = object.cellOf[word]!;
    if (known >= 0) return known;
    const scalar = object.layout.scalars[word]!;
    const cell = this.world.cell(scalar.zero, () => `${object.name}->${scalar.name}`);
    object.cellOf[word] = cell;
    (object.cells as number[]).push(cell);
    return cell;
  }

  /** The struct kvm_mmu_page of the table that an address is in. */
  headerOf(address: Address): Address {
    // A word of the driver's own stands for an entry of the first table.
    const table = isOwn(address) ? [...this.headers.keys()][0] : this.find(address)?.address;
    const header = table === undefined ? undefined : this.headers.get(table);
    if (header === undefined) throw new PortError('a page table that the driver did not make');
    return header;
  }

  /** A word of ours that threads share, zero at first. */
  counterAt(name: string): Address {
    return this.make({ name, type: null, bytes: 8, isHeap: false, fresh: 'zero' }).address;
  }

  /** The lock or srcu_struct at an address, as src/linux knows it. */
  lockAt(address: Address): object | null {
    let lock = this.#locks.get(address);
    if (lock === undefined) {
      const placed = this.find(address);
      if (placed === undefined) return null;
      const word = (address - placed.address) / 8;
      if (placed.object.layout.scalars[word]?.zero !== 0) return null;
      this.cellOf(placed.object, word);
      lock = new LockPlace({ cells: placed.object }, word);
      this.#locks.set(address, lock);
    }
    return lock;
  }

  /** Prints a word: pointers by the object that they lead to. */
  show(value: bigint): string {
    if (typeof value !== 'bigint') return String(value);
    const placed =
      value >= BigInt(SHARED_AT) && value < 1n << 53n ? this.find(Number(value)) : null;
    if (placed != null) {
      const offset = Number(value) - placed.address;
      const scalar = placed.object.layout.scalars[Math.floor(offset / 8)];
      return offset === 0 || scalar === undefined
        ? placed.object.name
        : `&${placed.object.name}->${scalar.name.replace(/\.\w+$/, '')}`;
    }
    if (value < 1024n) return value.toString();
    if (value > 0xffff_ffff_ffff_f000n) return (value - (1n << 64n)).toString();
    return `0x${value.toString(16)}`;
  }
}
