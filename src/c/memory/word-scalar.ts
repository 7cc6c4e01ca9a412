// SPDX-License-Identifier: GPL-2.0-only
// What is a word of an object of C called? By the member of its type that lies there, which is
// looked up when a table is printed.

import type { Scalar } from '#explorer/objects';
import type { Value } from '#explorer/world';
import type { Translation } from '../translation.ts';

/** What ports call objects of the type: `memslots` of a `struct kvm_memslots`. */
export function labelOf(type: string | null): string | null {
  return type === null ? null : type.replace(/^(struct|union) /, '');
}

/** A word of an object; its name is looked up when a table is printed. */
export class WordScalar implements Scalar {
  readonly zero: Value;
  readonly apart = true;
  readonly show: (value: Value) => string;
  readonly #translation: Translation;
  readonly #type: string | null;
  readonly #word: number;
  readonly #isLock: boolean;
  readonly #named: string | null;

  constructor(
    translation: Translation,
    type: string | null,
    word: number,
    isLock: boolean,
    named: string | null,
    show: (value: Value) => string,
  ) {
    this.#named = named;
    this.zero = isLock ? 0 : 0n;
    this.show = show;
    this.#translation = translation;
    this.#type = type;
    this.#word = word;
    this.#isLock = isLock;
  }

  get name(): string {
    if (this.#named !== null) return this.#named;
    const offset = `[0x${(8 * this.#word).toString(16)}]`;
    if (this.#type === null) return offset;
    try {
      const { layouts } = this.#translation;
      const name = layouts.nameOf(this.#type, 8 * this.#word, 8).replace(/^\./, '');
      if (name === '') return offset;
      return this.#isLock ? `${name.split('.')[0]}.locked` : name;
    } catch {
      return offset;
    }
  }
}
