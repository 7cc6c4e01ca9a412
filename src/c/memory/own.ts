// SPDX-License-Identifier: GPL-2.0-only
// What belongs to one thread alone: its stack, and the objects that a driver makes for it, such as
// its vCPU. All of it is made anew when the thread is replayed, so it is a function of what the
// thread has observed. Every thread has its own at the same addresses.

import { Crash } from '#explorer/run';
import type { Changes, Frame } from '#explorer/summaries';
import type { Value } from '#explorer/world';
import type { Address } from '../machine.ts';
import { isStack, OWN_AT, OWN_ROOM, STACK_AT } from './places.ts';

/** Bytes of a stack; as much as a kernel's. */
const STACK = 0x4000;
/** What it begins with: most threads are replayed from a place near their start. */
const STACK_FIRST = 0x200;

/** What a call changed of its callers' memory: address and 64 bits, in ascending order. */
interface Redo {
  readonly words: readonly (readonly [at: Address, value: bigint])[];
  readonly objects: number;
}

export class OwnMemory {
  /** Words that were written; null if nobody summarises calls. */
  readonly #writes: Address[] | null;
  #stack: DataView | null = null;
  #bytes: Uint8Array | null = null;
  #top = 0;
  /** Behind here the stack was never used: it is zero. */
  #used = 0;
  readonly #words = new Map<Address, bigint>();
  #objects = 0;

  constructor(isSummarised: boolean) {
    this.#writes = isSummarised ? [] : null;
  }

  enter(bytes: number): Address {
    const size = Math.ceil(bytes / 16) * 16;
    const at = this.#top;
    if (at + size > STACK) throw new Crash('the stack is full');
    if (at < this.#used) this.#bytes!.fill(0, at, at + size);
    if (at + size > (this.#bytes?.length ?? 0)) this.#grow(at + size);
    this.#used = Math.max(this.#used, at + size);
    this.#top += size;
    return STACK_AT + at;
  }

  #grow(least: number): void {
    let length = STACK_FIRST;
    while (length < least) length *= 2;
    const bytes = new Uint8Array(length);
    if (this.#bytes !== null) bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#stack = new DataView(bytes.buffer);
  }

  leave(bytes: number): void {
    this.#top -= Math.ceil(bytes / 16) * 16;
  }

  /** Reads the stack: unsigned. */
  load(address: Address, bits: number): bigint {
    const at = address - STACK_AT;
    if (at + bits / 8 > this.#top) throw new Crash('an access beyond the stack');
    const view = this.#stack!;
    switch (bits) {
      case 8:
        return BigInt(view.getUint8(at));
      case 16:
        return BigInt(view.getUint16(at, true));
      case 32:
        return BigInt(view.getUint32(at, true));
      default:
        return view.getBigUint64(at, true);
    }
  }

  store(address: Address, bits: number, value: bigint): void {
    const at = address - STACK_AT;
    if (at + bits / 8 > this.#top) throw new Crash('an access beyond the stack');
    this.#noteStack(at, bits / 8);
    const view = this.#stack!;
    const low = BigInt.asUintN(bits, value);
    if (bits === 64) view.setBigUint64(at, low, true);
    else if (bits === 32) view.setUint32(at, Number(low), true);
    else if (bits === 16) view.setUint16(at, Number(low), true);
    else view.setUint8(at, Number(low));
  }

  /** A store may lie across two words. */
  #noteStack(at: number, bytes: number): void {
    if (this.#writes === null) return;
    const word = at - (at % 8);
    this.#writes.push(STACK_AT + word);
    if (at + bytes > word + 8) this.#writes.push(STACK_AT + word + 8);
  }

  /** An object of zeroes for this thread. */
  make(bytes: number): Address {
    if (bytes > OWN_ROOM) throw new Error('an object of a thread is too large');
    return OWN_AT + OWN_ROOM * this.#objects++;
  }

  word(address: Address): bigint {
    return this.#words.get(address) ?? 0n;
  }

  setWord(address: Address, value: bigint): void {
    this.#writes?.push(address);
    if (value === 0n) this.#words.delete(address);
    else this.#words.set(address, value);
  }

  /** A call begins: notes where. */
  begin(frame: Frame): void {
    frame.from = this.#writes!.length;
    frame.older = this.#top;
  }

  /** What a call has changed of the memory of those who called. */
  changes({ from, older }: Frame): Changes {
    const seen = new Set<Address>();
    const all = this.#writes!;
    for (let i = from; i < all.length; i++) {
      const at = all[i]!;
      if (!isStack(at) || at - STACK_AT < older) seen.add(at);
    }
    const objects = this.#objects;
    if (seen.size === 0) return { text: String(objects), redo: () => ({ words: [], objects }) };
    const words = [...seen]
      .sort((a, b) => a - b)
      .map((at) => [at, isStack(at) ? this.load(at, 64) : this.word(at)] as const);
    const text = `${objects} ${words.map(([at, value]) => `${at}=${value}`).join()}`;
    return { text, redo: () => ({ words, objects }) satisfies Redo };
  }

  redo(redo: unknown): void {
    const { words, objects } = redo as Redo;
    this.#objects = objects;
    for (const [at, value] of words) {
      if (isStack(at)) this.store(at, 64, value);
      else this.setWord(at, value);
    }
  }

  /** The words in which an object differs from another: position and value, in ascending order. */
  difference(object: Address, other: Address): readonly Value[] {
    const positions = new Set<number>();
    for (const address of this.#words.keys()) {
      for (const start of [object, other])
        if (address >= start && address < start + OWN_ROOM) positions.add(address - start);
    }
    return [...positions]
      .filter((at) => this.#wordIn(object, at) !== this.#wordIn(other, at))
      .sort((a, b) => a - b)
      .flatMap((at) => [at, this.word(object + at)]);
  }

  /** A word; if it points into the object, how far: that is the same in every copy. */
  #wordIn(object: Address, at: number): bigint | string {
    const value = this.word(object + at);
    const inside = Number(value) - object;
    return inside >= 0 && inside < OWN_ROOM ? `+${inside}` : value;
  }

  /** Gives an object what difference() told of another. */
  restore(object: Address, difference: readonly Value[]): void {
    for (let i = 0; i < difference.length; i += 2)
      this.setWord(object + (difference[i] as number), difference[i + 1] as bigint);
  }
}
