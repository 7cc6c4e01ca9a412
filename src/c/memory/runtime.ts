// SPDX-License-Identifier: GPL-2.0-only
// The machine that translated C runs on: its loads and stores are steps of the explorer if others
// can see them. A thread's own memory takes no step, see `own.ts`.

import {
  Crash,
  currentlyHeld,
  emit,
  isBooting,
  isReplaying,
  PortError,
  spendFuel,
} from '#explorer/run';
import { type Run, running } from '#explorer/running';
import { smp_mb, smp_wmb } from '#linux/barrier';
import {
  type Address,
  type EmittedFunction,
  FAULTS,
  type FaultId,
  FUNCTIONS_AT,
  type Intrinsic,
  type Scalar,
  type SiteId,
} from '../machine.ts';
import type { Site } from '../translation.ts';
import { Accesses } from './accesses.ts';
import type { FlatWorld } from './flat-world.ts';
import { OwnMemory } from './own.ts';
import { isOwn, isStack } from './places.ts';
import { exchangeShared, loadShared, storeShared } from './shared.ts';
import { OwnKeeper, type Summarising, summarised } from './summarised.ts';
import { type Part, partOf, withPart } from './words.ts';

const WORD: Part = { shift: 0, bits: 64 };

/** What a machine runs: code by number, which a mutant replaces in part. */
export interface Code {
  readonly f: readonly EmittedFunction[];
  readonly i: readonly Intrinsic[];
  readonly sites: readonly Site[];
  /** 1 for each site whose statement was reached; empty if nobody asks. */
  readonly reached: Uint8Array;
}

const MACHINES = new WeakMap<Run, Runtime>();

/** The machine of the thread that runs. */
export function machineOf(flat: FlatWorld, code: Code): Runtime {
  const run = running();
  let machine = MACHINES.get(run);
  if (machine === undefined) {
    machine = new Runtime(flat, code, run);
    run.whereabouts = () => machine!.whereabouts();
    MACHINES.set(run, machine);
  }
  return machine;
}

export class Runtime extends Accesses implements Summarising {
  readonly flat: FlatWorld;
  readonly f: readonly EmittedFunction[];
  readonly i: readonly Intrinsic[];
  readonly own: OwnMemory;
  readonly run: Run;
  readonly keeper: OwnKeeper;
  readonly #sites: readonly Site[];
  readonly #reached: Uint8Array;
  #site: SiteId = -1;

  constructor(flat: FlatWorld, code: Code, run: Run) {
    super();
    this.flat = flat;
    this.run = run;
    this.own = new OwnMemory(run.past !== null);
    this.keeper = new OwnKeeper(this, this.own);
    this.f = run.past === null ? code.f : summarised(code.f);
    this.i = code.i;
    this.#sites = code.sites;
    this.#reached = code.reached;
  }

  /** `function path:line` of the place that acted last; the driver is at no place. */
  whereabouts(): string {
    const site = this.#sites[this.#site];
    return site === undefined ? '' : `${site.function} ${site.file}:${site.line}`;
  }

  /** From here on it is the driver that acts. */
  leaveTree(): void {
    this.#site = -1;
  }

  /** The function that acts, for events. */
  functionName(): string {
    return this.#sites[this.#site]?.function ?? 'the driver';
  }

  at_(site: SiteId): void {
    this.#site = site;
  }

  xchg(site: SiteId, bits: number, address: Address, value: Scalar): Scalar {
    return this.#exchange(site, bits, address, null, value, 'xchg');
  }
  cmpxchg(site: SiteId, bits: number, address: Address, old: Scalar, value: Scalar): Scalar {
    return this.#exchange(site, bits, address, old, value, 'cmpxchg');
  }

  /** Adds to a number of so many bits, in one step; returns the sum, signed. */
  addTo(site: SiteId, bits: number, address: Address, by: bigint): bigint {
    this.#site = site;
    const { flat } = this;
    if (flat.isStatistic(address)) return by;
    if (isStack(address) || isOwn(address) || flat.constants.has(address)) {
      const sum = this.load(site, address, bits) + by;
      this.store(site, address, bits, sum);
      return BigInt.asIntN(bits, sum);
    }
    const part = this.#part(address, bits);
    const at = address - part.shift / 8;
    const asked = { verb: '+=', part, expected: null, value: by, isFence: true, isSeen: true };
    const old = exchangeShared(flat, this.#shared(at), at, { ...asked, isSum: true });
    return BigInt.asIntN(bits, partOf(old, part) + by);
  }

  fence(site: SiteId): void {
    this.#site = site;
    const kind = this.#sites[site]?.kind;
    if (kind === 'fence-full') smp_mb();
    else if (kind === 'fence-write') smp_wmb();
  }

  warn(site: SiteId, isTrue: boolean): number {
    this.#site = site;
    if (isTrue && !isReplaying()) emit('WARN', this.functionName());
    return isTrue ? 1 : 0;
  }

  bug(site: SiteId): never {
    this.#site = site;
    emit('BUG', isReplaying() ? '' : this.functionName());
    throw new Crash('BUG');
  }

  fault(site: SiteId, fault: FaultId): never {
    this.#site = site;
    throw new Crash(`${FAULTS[fault]}, in ${this.functionName()}()`);
  }

  reach(site: SiteId): void {
    this.#reached[site] = 1;
  }

  tick(site: SiteId): void {
    this.#site = site;
    spendFuel();
  }

  enter(site: SiteId, bytes: number): Address {
    this.#site = site;
    return this.own.enter(bytes);
  }
  leave(bytes: number): void {
    this.own.leave(bytes);
  }

  at(site: SiteId, address: Address, _signature: number): EmittedFunction {
    this.#site = site;
    return this.functionAt(address);
  }

  functionAt(address: Address): EmittedFunction {
    const found = this.f[(address - FUNCTIONS_AT) / 16];
    if (found === undefined)
      throw new Crash(`a call of what is no function, in ${this.functionName()}()`);
    return found;
  }

  protected load(site: SiteId, address: Address, bits: number): bigint {
    this.#site = site;
    const { flat } = this;
    if (isStack(address)) return this.own.load(address, bits);
    if (flat.constants.has(address)) return flat.constants.read(address, bits);
    if (flat.isStatistic(address)) return 0n;
    const part = this.#part(address, bits);
    const word = isOwn(address)
      ? this.own.word(address - part.shift / 8)
      : this.#loadShared(site, address - part.shift / 8);
    return bits === 64 ? word : partOf(word, part);
  }

  #loadShared(site: SiteId, address: Address): bigint {
    const placed = this.#shared(address);
    const word = loadShared(this.flat, placed, address);
    if (this.#sites[site]?.kind === 'dereference') this.#judgeProtection();
    return word;
  }

  protected store(site: SiteId, address: Address, bits: number, value: bigint): void {
    this.#site = site;
    const { flat } = this;
    if (isStack(address)) {
      this.own.store(address, bits, value);
      return;
    }
    if (flat.constants.has(address)) {
      if (!isBooting())
        throw new PortError(
          `${this.functionName()}() writes a variable that is taken for constant`,
        );
      flat.constants.write(address, bits, value);
      return;
    }
    if (flat.isStatistic(address)) return;
    const part = this.#part(address, bits);
    const at = address - part.shift / 8;
    if (isOwn(address)) {
      const word =
        bits === 64 ? BigInt.asUintN(64, value) : withPart(this.own.word(at), part, value);
      this.own.setWord(at, word);
      return;
    }
    if (bits === 64 && value > 0n && flat.isPrivate(Number(value)))
      throw new PortError(`${this.functionName()}() lets others see what belongs to its thread`);
    const isRelease = this.#sites[site]?.kind === 'release';
    storeShared(flat, this.#shared(at), at, { part, value, isRelease });
  }

  #exchange(
    site: SiteId,
    bits: number,
    address: Address,
    old: Scalar | null,
    value: Scalar,
    verb: string,
  ): Scalar {
    this.#site = site;
    const width = bits === 0 ? 64 : bits;
    const wanted = old === null ? null : BigInt.asUintN(width, BigInt(old));
    const found = this.#swap(address, width, wanted, BigInt(value), verb, site);
    if (bits === 0) return this.pointerOf(found);
    return bits === 64 ? found : Number(found);
  }

  #swap(
    address: Address,
    bits: number,
    expected: bigint | null,
    value: bigint,
    verb: string,
    site: SiteId,
  ): bigint {
    const { flat } = this;
    if (flat.isStatistic(address)) return 0n;
    const isShared = !isStack(address) && !isOwn(address) && !flat.constants.has(address);
    if (!isShared) {
      const found = this.load(site, address, bits);
      if (expected === null || found === expected) this.store(site, address, bits, value);
      return found;
    }
    const part = this.#part(address, bits);
    const at = address - part.shift / 8;
    const asked = { verb, part, expected, value, isFence: true, isSeen: true };
    return partOf(exchangeShared(flat, this.#shared(at), at, asked), part);
  }

  #shared(address: Address): NonNullable<ReturnType<FlatWorld['find']>> {
    const placed = this.flat.find(address);
    if (placed !== undefined) return placed;
    const what =
      address >= -4096 && address < 4096
        ? 'a NULL or error pointer is used'
        : 'a wild pointer is used';
    throw new Crash(`${what}, in ${this.functionName()}()`);
  }

  #part(address: Address, bits: number): Part {
    if (bits === 64 && address % 8 === 0) return WORD;
    const shift = 8 * (((address % 8) + 8) % 8);
    if (shift + bits > 64) throw new Crash(`an access across words, in ${this.functionName()}()`);
    return { shift, bits };
  }

  protected pointerOf(word: bigint): Address {
    const address = Number(BigInt.asIntN(64, word));
    if (!Number.isSafeInteger(address))
      throw new Crash(`a pointer that is no address, in ${this.functionName()}()`);
    return address;
  }

  /** A pointer that RCU protects is read: in a section, or with a lock held that writers take. */
  #judgeProtection(): void {
    if (currentlyHeld().size === 0 && !isReplaying() && !isBooting())
      emit('suspicious-dereference', this.functionName());
  }
}
