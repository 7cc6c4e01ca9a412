// SPDX-License-Identifier: GPL-2.0-only
// Which macros may not be expanded in a token any more? Sets of names that never change and that
// many tokens share: what was put together once is found again.

export class Hidden {
  readonly #names: ReadonlySet<string>;
  readonly #with = new Map<string, Hidden>();
  readonly #union = new Map<Hidden, Hidden>();
  readonly #common = new Map<Hidden, Hidden>();

  constructor(names: ReadonlySet<string>) {
    this.#names = names;
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** The set with one more name. */
  with(name: string): Hidden {
    if (this.#names.has(name)) return this;
    const known = this.#with.get(name);
    if (known !== undefined) return known;
    const made = new Hidden(new Set([...this.#names, name]));
    this.#with.set(name, made);
    return made;
  }

  union(other: Hidden): Hidden {
    if (other === this || other.#names.size === 0) return this;
    if (this.#names.size === 0) return other;
    const known = this.#union.get(other);
    if (known !== undefined) return known;
    let made: Hidden = this;
    for (const name of other.#names) made = made.with(name);
    this.#union.set(other, made);
    return made;
  }

  /** The names that both have. */
  common(other: Hidden): Hidden {
    if (other === this) return this;
    const known = this.#common.get(other);
    if (known !== undefined) return known;
    let made = NOTHING_HIDDEN;
    for (const name of this.#names) if (other.#names.has(name)) made = made.with(name);
    this.#common.set(other, made);
    return made;
  }
}

export const NOTHING_HIDDEN = new Hidden(new Set());
