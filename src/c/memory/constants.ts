// SPDX-License-Identifier: GPL-2.0-only
// Where do variables lie that module load sets and nobody writes while a VM exists? In bytes beside
// the memory that is explored: they are read without a step.

import { type Address, CONSTANTS_AT } from '../machine.ts';
import type { Translation } from '../translation.ts';

export class Constants {
  readonly #view: DataView;

  constructor({ image, globalsEnd }: Translation) {
    const bytes = new Uint8Array(Math.max(8, globalsEnd - CONSTANTS_AT + 8));
    for (const piece of image) bytes.set(piece.bytes, piece.address - CONSTANTS_AT);
    this.#view = new DataView(bytes.buffer);
  }

  has(address: Address): boolean {
    return address >= CONSTANTS_AT && address < CONSTANTS_AT + this.#view.byteLength;
  }

  /** Unsigned, of so many bits. */
  read(address: Address, bits: number): bigint {
    const at = address - CONSTANTS_AT;
    if (bits === 64) return this.#view.getBigUint64(at, true);
    if (bits === 32) return BigInt(this.#view.getUint32(at, true));
    return BigInt(bits === 16 ? this.#view.getUint16(at, true) : this.#view.getUint8(at));
  }

  write(address: Address, bits: number, value: bigint): void {
    const at = address - CONSTANTS_AT;
    const low = BigInt.asUintN(bits, value);
    if (bits === 64) this.#view.setBigUint64(at, low, true);
    else if (bits === 32) this.#view.setUint32(at, Number(low), true);
    else if (bits === 16) this.#view.setUint16(at, Number(low), true);
    else this.#view.setUint8(at, Number(low));
  }
}
