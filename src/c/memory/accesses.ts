// SPDX-License-Identifier: GPL-2.0-only
// How are loads and stores of each width made of those of a number of bits? And how are copies and
// fills made of them: in ascending pieces, each as large as its alignment allows.

import type { Address, SiteId } from '../machine.ts';

export abstract class Accesses {
  /** Unsigned, of so many bits. */
  protected abstract load(site: SiteId, address: Address, bits: number): bigint;
  /** Keeps the low bits. */
  protected abstract store(site: SiteId, address: Address, bits: number, value: bigint): void;
  /** The address in a word. */
  protected abstract pointerOf(word: bigint): Address;

  lds8(site: SiteId, address: Address): number {
    return Number(BigInt.asIntN(8, this.load(site, address, 8)));
  }
  ldu8(site: SiteId, address: Address): number {
    return Number(this.load(site, address, 8));
  }
  lds16(site: SiteId, address: Address): number {
    return Number(BigInt.asIntN(16, this.load(site, address, 16)));
  }
  ldu16(site: SiteId, address: Address): number {
    return Number(this.load(site, address, 16));
  }
  lds32(site: SiteId, address: Address): number {
    return Number(BigInt.asIntN(32, this.load(site, address, 32)));
  }
  ldu32(site: SiteId, address: Address): number {
    return Number(this.load(site, address, 32));
  }
  lds64(site: SiteId, address: Address): bigint {
    return BigInt.asIntN(64, this.load(site, address, 64));
  }
  ldu64(site: SiteId, address: Address): bigint {
    return this.load(site, address, 64);
  }
  ldp(site: SiteId, address: Address): Address {
    return this.pointerOf(this.load(site, address, 64));
  }

  st8(site: SiteId, address: Address, value: number): void {
    this.store(site, address, 8, BigInt(value));
  }
  st16(site: SiteId, address: Address, value: number): void {
    this.store(site, address, 16, BigInt(value));
  }
  st32(site: SiteId, address: Address, value: number): void {
    this.store(site, address, 32, BigInt(value));
  }
  st64(site: SiteId, address: Address, value: bigint): void {
    this.store(site, address, 64, value);
  }
  stp(site: SiteId, address: Address, value: Address): void {
    this.store(site, address, 64, BigInt(value));
  }

  copy(site: SiteId, to: Address, from: Address, bytes: number): void {
    let done = 0;
    while (done < bytes) {
      const size = pieceOf((to + done) | (from + done), bytes - done);
      const bits = 8 * size;
      this.store(site, to + done, bits, this.load(site, from + done, bits));
      done += size;
    }
  }

  zero(site: SiteId, address: Address, bytes: number): void {
    this.fill(site, address, 0, bytes);
  }

  /** memset(). */
  fill(site: SiteId, address: Address, byte: number, bytes: number): void {
    let done = 0;
    while (done < bytes) {
      const size = pieceOf(address + done, bytes - done);
      const value = BigInt(`0x${(byte & 0xff).toString(16).padStart(2, '0').repeat(size)}`);
      this.store(site, address + done, 8 * size, value);
      done += size;
    }
  }
}

/** The largest of 8, 4, 2, 1 bytes that is aligned and not too much. */
function pieceOf(alignment: number, left: number): number {
  for (const size of [8, 4, 2]) if (alignment % size === 0 && left >= size) return size;
  return 1;
}
