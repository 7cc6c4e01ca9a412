// SPDX-License-Identifier: GPL-2.0-only
// Where do variables lie that module load sets and nobody writes while a VM exists? In bytes beside
// the memory that is explored: they are read without a step.

import { type Address, CONSTANTS_AT, GLOBALS_AT } from '../machine.ts';
import type { Translation } from '../translation.ts';

/** What module load begins with, by translation: the bytes from an address on. */
interface Part {
  readonly from: Address;
  readonly bytes: Uint8Array;
}

const PARTS = new WeakMap<Translation, readonly [Part, Part]>();

/** Literals lie far below the variables: nothing is kept of the room between them. */
function partsOf(translation: Translation): readonly [Part, Part] {
  let parts = PARTS.get(translation);
  if (parts === undefined) {
    const { image, globalsEnd } = translation;
    const below = image.filter(({ address }) => address < GLOBALS_AT);
    const end = Math.max(
      CONSTANTS_AT,
      ...below.map(({ address, bytes }) => address + bytes.length),
    );
    parts = [part(CONSTANTS_AT, end, translation), part(GLOBALS_AT, globalsEnd, translation)];
    PARTS.set(translation, parts);
  }
  return parts;
}

function part(from: Address, end: Address, { image }: Translation): Part {
  // An access may begin at the last byte.
  const bytes = new Uint8Array(Math.max(0, end - from) + 8);
  for (const piece of image)
    if (piece.address >= from && piece.address < end) bytes.set(piece.bytes, piece.address - from);
  return { from, bytes };
}

export class Constants {
  readonly #literals: DataView;
  readonly #variables: DataView;

  constructor(translation: Translation) {
    const [literals, variables] = partsOf(translation).map(
      ({ bytes }) => new DataView(bytes.slice().buffer),
    ) as [DataView, DataView];
    this.#literals = literals;
    this.#variables = variables;
  }

  has(address: Address): boolean {
    if (address >= GLOBALS_AT) return address < GLOBALS_AT + this.#variables.byteLength;
    return address >= CONSTANTS_AT && address < CONSTANTS_AT + this.#literals.byteLength;
  }

  /** Unsigned, of so many bits. */
  read(address: Address, bits: number): bigint {
    const [view, at] = this.#place(address);
    if (bits === 64) return view.getBigUint64(at, true);
    if (bits === 32) return BigInt(view.getUint32(at, true));
    return BigInt(bits === 16 ? view.getUint16(at, true) : view.getUint8(at));
  }

  write(address: Address, bits: number, value: bigint): void {
    const [view, at] = this.#place(address);
    const low = BigInt.asUintN(bits, value);
    if (bits === 64) view.setBigUint64(at, low, true);
    else if (bits === 32) view.setUint32(at, Number(low), true);
    else if (bits === 16) view.setUint16(at, Number(low), true);
    else view.setUint8(at, Number(low));
  }

  #place(address: Address): readonly [DataView, number] {
    return address >= GLOBALS_AT
      ? [this.#variables, address - GLOBALS_AT]
      : [this.#literals, address - CONSTANTS_AT];
  }
}
