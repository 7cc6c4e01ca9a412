// SPDX-License-Identifier: GPL-2.0-only
// How does the processor take a leaf entry? It decides by bits only, with no word of a port, so a
// mutated port cannot bend the verdict.

import { config, cpu_has_vmx_ept } from './config.ts';
import { PAGE_SHIFT } from './page.ts';

/** What the guest does with the memory that it accesses. */
export type AccessMode = 'read' | 'write' | 'fetch';

/** How hardware takes a leaf entry: the frame it maps, or why it cannot. */
export type Walk = bigint | 'empty' | 'misconfigured' | 'reserved' | 'forbidden';

const ADDRESS_BITS = 0x000f_ffff_ffff_f000n;

/** Bits of the error code: there is an entry; a reserved bit is set; and what the guest does. */
const PRESENT = 1;
const USER = 4;
const RESERVED = 8;
const MODE: ReadonlyMap<AccessMode, number> = new Map([
  ['read', 0],
  ['write', 2],
  ['fetch', 16],
]);

/**
 * EPT: the low three bits are read, write and execute; write without read is a misconfiguration,
 * all clear is a violation. Shadow paging: bit 0 is present, address bits from maxphyaddr to 51 are
 * reserved.
 */
function hardware_walk(spte: bigint): Walk {
  if (cpu_has_vmx_ept()) {
    const rights = spte & 7n;
    if (rights === 0n) return 'empty';
    return (rights & 3n) === 2n ? 'misconfigured' : pfnOf(spte);
  }
  if ((spte & 1n) === 0n) return 'empty';
  const reserved = (ADDRESS_BITS >> BigInt(config().maxphyaddr)) << BigInt(config().maxphyaddr);
  return (spte & reserved) === 0n ? pfnOf(spte) : 'reserved';
}

/** Bit 1 of a present entry lets the guest write, under both kinds of paging. */
function hardware_walk_write(spte: bigint): Walk {
  const walk = hardware_walk(spte);
  return typeof walk !== 'bigint' || (spte & 2n) !== 0n ? walk : 'forbidden';
}

/** EPT's bit 2 lets the guest execute, bit 63 of other tables keeps it from that. */
function hardware_walk_fetch(spte: bigint): Walk {
  const walk = hardware_walk(spte);
  const isAllowed = cpu_has_vmx_ept() ? (spte & 4n) !== 0n : spte >> 63n === 0n;
  return typeof walk !== 'bigint' || isAllowed ? walk : 'forbidden';
}

export const WALKS = Object.fromEntries([
  ['read', hardware_walk],
  ['write', hardware_walk_write],
  ['fetch', hardware_walk_fetch],
]) as Readonly<Record<AccessMode, (spte: bigint) => Walk>>;

/** The frame in an entry. */
export function pfnOf(spte: bigint): bigint {
  return (spte & ADDRESS_BITS) >> PAGE_SHIFT;
}

/** Was a reserved bit met? */
export function isReserved(errorCode: number): boolean {
  return (errorCode & RESERVED) !== 0;
}

/**
 * The error code of a fault. EPT tells by two bits whether there was an entry, other tables by one:
 * the code is the same. For NPT every walk of its table is one of user mode (AMD's manual, volume
 * 2: nested page faults).
 */
export function errorCodeOf(walk: Walk, mode: AccessMode): number {
  const found = walk === 'reserved' ? PRESENT | RESERVED : walk === 'forbidden' ? PRESENT : 0;
  return found | MODE.get(mode)! | (config().npt ? USER : 0);
}
