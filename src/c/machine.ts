// SPDX-License-Identifier: GPL-2.0-only
// What does translated C need at run time? This interface, and nothing else: emitted functions hold
// no state of their own and name no global, so a thread of C is a function of what its machine
// answers. The runtime behind it may suspend a thread by throwing from any of these methods;
// emitted code catches nothing.

/** The address of an object or function: a signed 64-bit value, exact up to 2^53. 0 is NULL. */
export type Address = number;

/**
 * What C values are in emitted code: 64-bit integers are bigints, all others and pointers numbers.
 */
export type Scalar = number | bigint;

/** An index into `Translation.sites`: which place of the C does this. */
export type SiteId = number;

/**
 * A translated function. Arguments and results have been converted to the types of its C prototype.
 */
export type EmittedFunction = (machine: Machine, ...args: Scalar[]) => Scalar | undefined;

/** What stands for a function that the C calls and that is not translated. */
export type Intrinsic = (machine: Machine, site: SiteId, ...args: Scalar[]) => Scalar | undefined;

/**
 * The machine that emitted code runs on. A load or store is one step if its address is shared, and
 * none if it is private to the thread. Whether an access is plain, READ_ONCE(), a release, ...
 * stands in the kind of its site, so that there is one method for each width and signedness.
 */
export interface Machine {
  /**
   * All functions of the translation, by number. Calls go through here, so a mutant has its own.
   */
  readonly f: readonly EmittedFunction[];
  /** The intrinsics of the translation, in the order of `Translation.intrinsics`. */
  readonly i: readonly Intrinsic[];

  lds8(site: SiteId, address: Address): number;
  ldu8(site: SiteId, address: Address): number;
  lds16(site: SiteId, address: Address): number;
  ldu16(site: SiteId, address: Address): number;
  lds32(site: SiteId, address: Address): number;
  ldu32(site: SiteId, address: Address): number;
  /** In the range of a signed 64-bit integer. */
  lds64(site: SiteId, address: Address): bigint;
  /** In the range of an unsigned 64-bit integer. */
  ldu64(site: SiteId, address: Address): bigint;
  /** A pointer: 8 bytes, signed. Reports a value that is no exact number. */
  ldp(site: SiteId, address: Address): Address;

  /** Stores keep the low bits of a value that the emitted code has converted already. */
  st8(site: SiteId, address: Address, value: number): void;
  st16(site: SiteId, address: Address, value: number): void;
  st32(site: SiteId, address: Address, value: number): void;
  st64(site: SiteId, address: Address, value: bigint): void;
  stp(site: SiteId, address: Address, value: Address): void;

  /**
   * Copies a struct or an array of known size, in ascending pieces: each the largest of 8, 4, 2, 1
   * bytes to which both addresses are aligned and that is left. A piece is a load and then a store.
   */
  copy(site: SiteId, to: Address, from: Address, bytes: number): void;
  /**
   * Zeroes what an initialiser of a local leaves out. The address lies in a frame of the thread.
   */
  zero(site: SiteId, address: Address, bytes: number): void;

  /**
   * Stores `value` and returns what was there, in one step. `bits` is 8, 16, 32, 64; 0 a pointer.
   */
  xchg(site: SiteId, bits: number, address: Address, value: Scalar): Scalar;
  /** Stores `value` if `old` is there, and returns what was there, in one step. */
  cmpxchg(site: SiteId, bits: number, address: Address, old: Scalar, value: Scalar): Scalar;
  /** smp_mb() and its like; which one is the kind of the site. */
  fence(site: SiteId): void;

  /** WARN_ON() and its forms: an event if `isTrue`. Returns 1 if so, else 0. */
  warn(site: SiteId, isTrue: boolean): number;
  /** BUG(): ends the thread with an event, does not return. */
  bug(site: SiteId): never;
  /** The C did what has no meaning; ends the thread, does not return. See `FAULTS`. */
  fault(site: SiteId, fault: FaultId): never;

  /** Control comes to a statement. Only in code that was translated to tell of it. */
  reach(site: SiteId): void;
  /** Counts at each loop head and at each function that may call itself; throws out of budget. */
  tick(site: SiteId): void;
  /**
   * Begins a function with `bytes` of locals that have an address (or with none, if it may call
   * itself), 16-aligned. The frame is private to the thread. Throws if calls are nested too deep.
   */
  enter(site: SiteId, bytes: number): Address;
  /** Ends the innermost function that entered; `bytes` as at enter(). */
  leave(bytes: number): void;
  /** The function at an address, for an indirect call. Faults if its type is not `signature`. */
  at(site: SiteId, address: Address, signature: number): EmittedFunction;
}

/** What Machine.fault() is told, by number. */
export const FAULTS = [
  'division by zero',
  'shift by a count outside the width of its operand',
  'index outside an array',
  'a pointer that is no address',
  'use of a value that was never set',
  'a function that returns a value ended without one',
  'access to a member whose type is not known',
] as const;
export type FaultId = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/** Functions have addresses, 16 bytes apart, so that C can hold pointers to them. */
export const FUNCTIONS_AT = 0x10_0000;
/** String literals and const data of the profile begin here. */
export const CONSTANTS_AT = 0x40_0000;
/** File-scope variables begin here. */
export const GLOBALS_AT = 0x80_0000;
/** The runtime may put stacks, arenas and what the driver makes at and above this address. */
export const FREE_AT = 0x1000_0000;

/** The address of a function, by its number. */
export function functionAddress(index: number): Address {
  return FUNCTIONS_AT + 16 * index;
}
