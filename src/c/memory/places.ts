// SPDX-License-Identifier: GPL-2.0-only
// Where does what lie in the memory of C? An address tells whose memory it is.

import type { Address } from '../machine.ts';

/**
 * The stack of the thread that runs. What belongs to a thread lies where no number of a scenario
 * can be, so that an address that gets out is told from a number.
 */
export const STACK_AT = 0x5_a5a5_0000_0000;
/** Objects that belong to one thread, such as its vCPU; each has room for `OWN_ROOM` bytes. */
export const OWN_AT = 0x5_a5a6_0000_0000;
export const OWN_ROOM = 0x1_0000;
export const OWN_END = 0x5_a5a7_0000_0000;

/** Objects that threads share; each begins at a multiple of `ROOM` and has it for itself. */
export const SHARED_AT = 0x1_0000_0000;
export const ROOM = 0x1_0000;
/** Each thread, and in it each round, makes its objects in a range of its own. */
export const THREAD_ROOM = 2 ** 38;
export const ROUND_ROOM = 2 ** 28;
/** Allocations of a round, in each of the lengths that an array may have. */
export const VARIANT_ROOMS = 128;

export const isStack = (address: Address): boolean => address >= STACK_AT && address < OWN_AT;
export const isOwn = (address: Address): boolean => address >= OWN_AT && address < OWN_END;
