// SPDX-License-Identifier: GPL-2.0-only
// What does a translated function do when it runs alone? The smallest machine: one thread, bytes in
// pages that are made when they are first touched, no steps. Tests and the check against gcc use
// it.

import {
  type Address,
  type EmittedFunction,
  FAULTS,
  type FaultId,
  FUNCTIONS_AT,
  functionAddress,
  type Intrinsic,
  type Machine,
  type Scalar,
  type SiteId,
} from './machine.ts';
import type { Translation } from './translation.ts';

const PAGE = 4096;
const STACK_AT = 0x4000_0000;

export class CFault extends Error {
  override readonly name = 'CFault';
}

/** What PlainMachine counts as too long, unless it is told otherwise. */
const TURNS = 1_000_000;
const DEPTH = 200;

export class PlainMachine implements Machine {
  readonly f: EmittedFunction[];
  readonly i: Intrinsic[];
  readonly #translation: Translation;
  readonly #pages = new Map<number, DataView>();
  /** Every load and store of the last call, as text, in order. */
  readonly accesses: string[] = [];
  readonly warnings: SiteId[] = [];
  #top = STACK_AT;
  #depth = 0;
  #turns = 0;
  readonly #turnsMax: number;

  constructor(
    translation: Translation,
    intrinsics: Readonly<Record<string, Intrinsic>> = {},
    turnsMax = TURNS,
  ) {
    this.#translation = translation;
    this.#turnsMax = turnsMax;
    this.f = [...translation.code];
    this.i = translation.intrinsics.map((name) => {
      if (Object.hasOwn(intrinsics, name)) return intrinsics[name]!;
      return () => {
        throw new CFault(`a call of ${name}(), which is not there`);
      };
    });
    for (const { address, bytes } of translation.image)
      for (const [i, byte] of bytes.entries())
        this.#view(address + i, 1).setUint8(this.#at(address + i), byte);
  }

  /** Calls a function by its C name, with an empty stack and a fresh budget. */
  call(name: string, ...args: Scalar[]): Scalar | undefined {
    this.accesses.length = 0;
    this.#turns = 0;
    this.#depth = 0;
    this.#top = STACK_AT;
    const known = this.#translation.functionNamed.get(name);
    if (known === undefined) throw new Error(`no function ${name}`);
    return this.f[known.index]!(this, ...args);
  }

  #at(address: Address): number {
    return ((address % PAGE) + PAGE) % PAGE;
  }

  /** The page of an access that lies in one page, as all aligned ones do. */
  #view(address: Address, bytes: number): DataView {
    if (address >= 0 && address < PAGE) throw new CFault(`access to the null page at ${address}`);
    if (this.#at(address) + bytes > PAGE) throw new CFault(`access across pages at ${address}`);
    const number = Math.floor(address / PAGE);
    const known = this.#pages.get(number);
    if (known !== undefined) return known;
    const made = new DataView(new ArrayBuffer(PAGE));
    this.#pages.set(number, made);
    return made;
  }

  #note(verb: string, address: Address, bytes: number): void {
    if (address < STACK_AT) this.accesses.push(`${verb}${8 * bytes} ${address}`);
  }

  #load(address: Address, bytes: number): [DataView, number] {
    this.#note('load', address, bytes);
    return [this.#view(address, bytes), this.#at(address)];
  }

  #store(address: Address, bytes: number): [DataView, number] {
    this.#note('store', address, bytes);
    return [this.#view(address, bytes), this.#at(address)];
  }

  lds8(_: SiteId, address: Address): number {
    const [view, at] = this.#load(address, 1);
    return view.getInt8(at);
  }
  ldu8(_: SiteId, address: Address): number {
    const [view, at] = this.#load(address, 1);
    return view.getUint8(at);
  }
  lds16(_: SiteId, address: Address): number {
    const [view, at] = this.#load(address, 2);
    return view.getInt16(at, true);
  }
  ldu16(_: SiteId, address: Address): number {
    const [view, at] = this.#load(address, 2);
    return view.getUint16(at, true);
  }
  lds32(_: SiteId, address: Address): number {
    const [view, at] = this.#load(address, 4);
    return view.getInt32(at, true);
  }
  ldu32(_: SiteId, address: Address): number {
    const [view, at] = this.#load(address, 4);
    return view.getUint32(at, true);
  }
  lds64(_: SiteId, address: Address): bigint {
    const [view, at] = this.#load(address, 8);
    return view.getBigInt64(at, true);
  }
  ldu64(_: SiteId, address: Address): bigint {
    const [view, at] = this.#load(address, 8);
    return view.getBigUint64(at, true);
  }
  ldp(site: SiteId, address: Address): Address {
    const value = Number(this.lds64(site, address));
    if (!Number.isSafeInteger(value)) this.fault(site, 3);
    return value;
  }

  st8(_: SiteId, address: Address, value: number): void {
    const [view, at] = this.#store(address, 1);
    view.setUint8(at, value);
  }
  st16(_: SiteId, address: Address, value: number): void {
    const [view, at] = this.#store(address, 2);
    view.setUint16(at, value, true);
  }
  st32(_: SiteId, address: Address, value: number): void {
    const [view, at] = this.#store(address, 4);
    view.setUint32(at, value, true);
  }
  st64(_: SiteId, address: Address, value: bigint): void {
    const [view, at] = this.#store(address, 8);
    view.setBigUint64(at, BigInt.asUintN(64, value), true);
  }
  stp(site: SiteId, address: Address, value: Address): void {
    this.st64(site, address, BigInt(value));
  }

  copy(site: SiteId, to: Address, from: Address, bytes: number): void {
    for (let done = 0; done < bytes; ) {
      const left = bytes - done;
      const step = [8, 4, 2, 1].find(
        (n) => n <= left && (to + done) % n === 0 && (from + done) % n === 0,
      )!;
      if (step === 8) this.st64(site, to + done, this.ldu64(site, from + done));
      else if (step === 4) this.st32(site, to + done, this.ldu32(site, from + done));
      else if (step === 2) this.st16(site, to + done, this.ldu16(site, from + done));
      else this.st8(site, to + done, this.ldu8(site, from + done));
      done += step;
    }
  }

  zero(_: SiteId, address: Address, bytes: number): void {
    for (let i = 0; i < bytes; i++) this.#view(address + i, 1).setUint8(this.#at(address + i), 0);
  }

  xchg(site: SiteId, bits: number, address: Address, value: Scalar): Scalar {
    const old = this.#word(site, bits, address);
    this.#setWord(site, bits, address, value);
    return old;
  }
  cmpxchg(site: SiteId, bits: number, address: Address, old: Scalar, value: Scalar): Scalar {
    const there = this.#word(site, bits, address);
    if (there === old) this.#setWord(site, bits, address, value);
    return there;
  }

  #word(site: SiteId, bits: number, address: Address): Scalar {
    if (bits === 0) return this.ldp(site, address);
    if (bits === 64) return this.ldu64(site, address);
    return bits === 32 ? this.ldu32(site, address) : this.ldu8(site, address);
  }

  #setWord(site: SiteId, bits: number, address: Address, value: Scalar): void {
    if (bits === 0) this.stp(site, address, Number(value));
    else if (bits === 64) this.st64(site, address, BigInt(value));
    else if (bits === 32) this.st32(site, address, Number(value));
    else this.st8(site, address, Number(value));
  }

  fence(_: SiteId): void {}

  warn(site: SiteId, isTrue: boolean): number {
    if (isTrue) this.warnings.push(site);
    return isTrue ? 1 : 0;
  }

  bug(site: SiteId): never {
    throw new CFault(`BUG at ${this.#where(site)}`);
  }

  fault(site: SiteId, fault: FaultId): never {
    throw new CFault(`${FAULTS[fault]} at ${this.#where(site)}`);
  }

  #where(site: SiteId): string {
    const { file, line } = this.#translation.sites[site]!;
    return `${file}:${line}`;
  }

  reach(): void {}

  tick(site: SiteId): void {
    if (++this.#turns > this.#turnsMax)
      throw new CFault(`no end after ${this.#turnsMax} turns at ${this.#where(site)}`);
  }

  enter(site: SiteId, bytes: number): Address {
    if (++this.#depth > DEPTH)
      throw new CFault(`calls nested deeper than ${DEPTH} at ${this.#where(site)}`);
    const frame = this.#top;
    this.#top += bytes;
    return frame;
  }

  leave(bytes: number): void {
    this.#top -= bytes;
    this.#depth--;
  }

  at(site: SiteId, address: Address, signature: number): EmittedFunction {
    const index = (address - FUNCTIONS_AT) / 16;
    const known = this.#translation.functions[index];
    if (known === undefined || functionAddress(index) !== address || known.signature !== signature)
      return this.fault(site, 3);
    return this.f[index]!;
  }
}
