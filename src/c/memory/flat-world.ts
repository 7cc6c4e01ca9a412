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
import { type Address, CONSTANTS_AT } from '../machine.ts';
import type { Translation } from '../translation.ts';
import { isOwn, isStack, ROOM, ROUND_ROOM, SHARED_AT, THREAD_ROOM } from './places.ts';

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
  readonly #placed = new Map<number, Placed>();
  readonly #byName = new Map<string, Placed>();
  readonly #locks = new Map<Address, object>();
  readonly #constants: DataView;
  #next = SHARED_AT;
  /** Where the entries of the page tables lie that the scenario uses, and what says nothing there. */
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
    const bytes = new Uint8Array(Math.max(8, translation.globalsEnd - CONSTANTS_AT + 8));
    for (const piece of translation.image) bytes.set(piece.bytes, piece.address - CONSTANTS_AT);
    this.#constants = new DataView(bytes.buffer);
    WORLDS.set(world, this);
    world.objectAt = (value) => this.objectOf(value);
  }

  static of(world: World): FlatWorld {
    const found = WORLDS.get(world);
    if (found === undefined) throw new PortError('this world has no memory for C');
    return found;
  }

  isConstant(address: Address): boolean {
    return address >= CONSTANTS_AT && address < CONSTANTS_AT + this.#constants.byteLength;
  }

  /** Unsigned, of so many bits. */
  readConstant(address: Address, bits: number): bigint {
    const at = address - CONSTANTS_AT;
    const view = this.#constants;
    if (bits === 64) return view.getBigUint64(at, true);
    if (bits === 32) return BigInt(view.getUint32(at, true));
    return BigInt(bits === 16 ? view.getUint16(at, true) : view.getUint8(at));
  }

  writeConstant(address: Address, bits: number, value: bigint): void {
    const at = address - CONSTANTS_AT;
    const view = this.#constants;
    const low = BigInt.asUintN(bits, value);
    if (bits === 64) view.setBigUint64(at, low, true);
    else if (bits === 32) view.setUint32(at, Number(low), true);
    else if (bits === 16) view.setUint16(at, Number(low), true);
    else view.setUint8(at, Number(low));
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
    const known = this.#byName.get(wanted.name);
    if (known !== undefined) {
      if (known.bytes !== wanted.bytes)
        throw new PortError(`objects of different sizes are named ${wanted.name}`);
      return known;
    }
    const rooms = Math.max(1, Math.ceil(wanted.bytes / ROOM));
    const address = this.#addressFor(rooms);
    const object = this.#allocation(wanted);
    const placed = { object, address, bytes: wanted.bytes };
    for (let i = 0; i < rooms; i++) this.#placed.set(address / ROOM + i, placed);
    this.#byName.set(wanted.name, placed);
    this.world.allocations.set(wanted.name, object);
    return placed;
  }

  #addressFor(rooms: number): Address {
    const run = running();
    if (run.direct) {
      const address = this.#next;
      this.#next += rooms * ROOM;
      return address;
    }
    if (rooms > 1) throw new PortError('a thread allocates more than 64 KiB at once');
    return (run.thread + 2) * THREAD_ROOM + run.round * ROUND_ROOM + run.allocations * ROOM;
  }

  #allocation(wanted: Wanted): Allocation {
    const { name, type, bytes, isHeap, fresh, locks, show } = wanted;
    const count = Math.ceil(bytes / 8);
    const print = show ?? ((value: bigint) => this.show(value));
    const scalars: Scalar[] = Array.from({ length: count }, (_, i): Scalar => {
      const isLock = locks?.has(i) ?? false;
      return new WordScalar(this.translation, type, i, isLock, (value) => print(value as bigint));
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
   * Words that share a cell, as the fields of a struct of a port do: a load sees its own word. Where
   * store buffers are explored each word has a cell of its own.
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
    const valueOf = (word: number) =>
      fresh === 'zero' ? world.intern(scalars[word]!.zero) : table.uninitialised;
    const isTogether = world.options.granularity === 'object';
    const together = isTogether ? words.filter((word) => !apart.has(word)) : [];
    if (together.length > 1) {
      const cell = world.cell(undefined, () => object.name);
      const contents = table.contents(together.map(valueOf));
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
        : `&${placed.object.name}->${scalar.name}`;
    }
    if (value < 1024n) return value.toString();
    if (value > 0xffff_ffff_ffff_f000n) return (value - (1n << 64n)).toString();
    return `0x${value.toString(16)}`;
  }
}

/** What ports call objects of the type: `memslots` of a `struct kvm_memslots`. */
export function labelOf(type: string | null): string | null {
  return type === null ? null : type.replace(/^(struct|union) /, '');
}

/** A word of an object; its name is looked up when a table is printed. */
class WordScalar implements Scalar {
  readonly zero: Value;
  readonly apart = true;
  readonly show: (value: Value) => string;
  readonly #translation: Translation;
  readonly #type: string | null;
  readonly #word: number;
  readonly #isLock: boolean;

  constructor(
    translation: Translation,
    type: string | null,
    word: number,
    isLock: boolean,
    show: (value: Value) => string,
  ) {
    this.zero = isLock ? 0 : 0n;
    this.show = show;
    this.#translation = translation;
    this.#type = type;
    this.#word = word;
    this.#isLock = isLock;
  }

  get name(): string {
    const offset = `[0x${(8 * this.#word).toString(16)}]`;
    if (this.#type === null) return offset;
    try {
      const { layouts } = this.#translation;
      const name = layouts.nameOf(this.#type, 8 * this.#word, 8).replace(/^\./, '');
      if (name === '') return offset;
      return this.#isLock ? `${name.split('.')[0]}.locked` : name;
    } catch {
      return offset;
    }
  }
}
