// SPDX-License-Identifier: GPL-2.0-only
// Integer conversions of C that a port has to write out, since TypeScript's numbers are not C's.

import { config } from './config.ts';

/** (u64)value: wraps to 64 bits. */
export function u64(value: number | bigint): bigint {
  return BigInt.asUintN(64, BigInt(value));
}

/** (unsigned long)value: wraps to as many bits as a long of the host has. */
export function ulong(value: bigint): bigint {
  return BigInt.asUintN(config().longBits, value);
}

/** (u32)value: wraps to 32 bits. */
export function u32(value: number | bigint): number {
  return typeof value === 'bigint' ? Number(BigInt.asUintN(32, value)) : value >>> 0;
}

/** (u16)value: wraps to 16 bits. */
export function u16(value: number): number {
  return value & 0xffff;
}
