// SPDX-License-Identifier: GPL-2.0-only
// Which C does a seed make? Functions of integers of all widths, without what C leaves undefined,
// so that gcc and the translator must agree on every input.

/** A number from 0 to below the given one. */
export type Random = (below: number) => number;

/** The same numbers for the same seed, on every machine. */
export function random(seed: number): Random {
  let state = Math.imul(seed + 1, 0x9e37_79b9) | 0;
  return (below) => {
    state = (state + 0x6d2b_79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) % below;
  };
}

const TYPES = ['s8', 'u8', 's16', 'u16', 's32', 'u32', 's64', 'u64', 'bool'] as const;
/** The names of the parameters, one for each type. */
const PARAMETERS = 'abcdefghi';

/** The argument lists that functions are called with: small, at a limit of a width, or any. */
export function randomArguments(next: Random): bigint[] {
  return TYPES.map(() => {
    const kind = next(4);
    if (kind === 0) return BigInt(next(5)) - BigInt(2);
    const any = (BigInt(next(2 ** 31)) << BigInt(33)) | (BigInt(next(2 ** 31)) << BigInt(2));
    if (kind > 1) return BigInt.asIntN(64, any | BigInt(next(4)));
    const limit = BigInt(1) << BigInt([7, 8, 15, 16, 31, 32, 63, 64][next(8)]!);
    return BigInt.asIntN(64, limit + BigInt(next(3)) - BigInt(1));
  });
}

/** A struct with bit-fields, and a function of it and of its parameters. */
export function randomFunction(next: Random, name: string): string {
  const author = new Author(next, name);
  const statements = Array.from({ length: 3 + next(5) }, () => author.statement(2));
  const list = TYPES.map((type, i) => `${type} ${PARAMETERS[i]}`).join(', ');
  const locals = ['s32 x = 1;', 'u64 y = 2;', 's8 z = 3;', 'u16 w[4] = { 4, 5, 6, 7 };'];
  return [
    `struct ${name}_bits { ${author.fields()} };`,
    `s64 ${name}(${list})`,
    '{',
    `\tstruct ${name}_bits o = { .p = 1 };`,
    `\tu32 n = 0, *q = &n;`,
    ...locals.map((text) => `\t${text}`),
    '',
    ...statements.map((text) => `\t${text}`),
    `\treturn ${author.expression(3)} + o.p + o.q + o.r + x + y + z + w[1] + *q;`,
    '}',
  ].join('\n');
}

/**
 * A struct of all kinds of members, and functions of it: its size, the offset of each member that
 * has one, and each of its words after its bit-fields were set.
 */
export function randomStruct(next: Random, name: string): { text: string; calls: string[] } {
  const offsets: string[] = [];
  const sets: string[] = [];
  let members = 0;
  const body = (depth: number, isUnion: boolean): string =>
    Array.from({ length: 1 + next(isUnion ? 3 : 6) }, () => {
      const own = `m${members++}`;
      const kind = next(10);
      const type = TYPES[next(8)]!;
      if (kind < 4) {
        // Wider ones are refused, and of bool there is one width.
        const width = Math.min(1 + next(32), Number(type.slice(1)));
        if (next(6) === 0) return `${type} : ${next(2) === 0 ? 0 : width};`;
        sets.push(`s.${own} = x * ${members};`);
        return `${type} ${own} : ${width};`;
      }
      if (kind === 4 && depth > 0) return `struct { ${body(depth - 1, false)} };`;
      if (kind === 5 && depth > 0) return `union { ${body(depth - 1, true)} };`;
      offsets.push(own);
      if (kind === 6) return `${type} ${own}[${1 + next(4)}];`;
      return kind === 7 ? `void *${own};` : `${type} ${own};`;
    }).join(' ');
  const declaration = `struct ${name} { ${body(2, false)} };`;
  const calls = [`${name}_size`, `${name}_word`, ...offsets.map((own) => `${name}_${own}`)];
  const text = [
    declaration,
    `union ${name}_words { struct ${name} s; u8 bytes[512]; };`,
    `u64 ${name}_size(u64 x) { return sizeof(struct ${name}) + x; }`,
    `u64 ${name}_word(u64 x) { union ${name}_words w = { .bytes = { [0] = 0 } }; struct ${name} s;`,
    // Padding is not compared: all bytes are set first.
    `  int i; for (i = 0; i < 512; i++) w.bytes[i] = 0; s = w.s; ${sets.join(' ')} w.s = s;`,
    `  return w.bytes[x % sizeof(struct ${name})]; }`,
    ...offsets.map(
      (own) => `u64 ${name}_${own}(u64 x) { return offsetof(struct ${name}, ${own}) + x; }`,
    ),
  ].join('\n');
  return { text, calls };
}

const BINARY = ['+', '-', '*', '&', '|', '^', '<', '>', '<=', '>=', '==', '!=', '&&', '||'];
const ASSIGNED = ['=', '+=', '-=', '*=', '&=', '|=', '^='];

class Author {
  readonly #next: Random;
  readonly #widths: readonly number[];
  readonly #types: readonly string[];
  #loops = 0;

  constructor(next: Random, _name: string) {
    this.#next = next;
    this.#widths = [0, 1, 2].map(() => 1 + next(31));
    this.#types = [0, 1, 2].map(() => ['u32', 's32', 'u64', 'u32'][next(4)]!);
  }

  fields(): string {
    return ['p', 'q', 'r'].map((n, i) => `${this.#types[i]} ${n} : ${this.#widths[i]};`).join(' ');
  }

  #one<T>(of: readonly T[]): T {
    return of[this.#next(of.length)]!;
  }

  #place(): string {
    const kind = this.#next(8);
    if (kind < 4) return this.#one(['x', 'y', 'z', ...PARAMETERS]);
    if (kind < 6) return this.#one(['o.p', 'o.q', 'o.r']);
    return kind === 6 ? `w[${this.expression(1)} & 3]` : '(*q)';
  }

  #literal(): string {
    return this.#one([
      '0',
      '1',
      '-1',
      '2147483647',
      '0xffffffff',
      '4294967296',
      '0x8000000000000000',
      '077',
      '255U',
      '65536L',
      '1ULL',
      "'a'",
      '-2147483648',
      '0xffUL',
    ]);
  }

  /** An expression without side effects. */
  expression(depth: number): string {
    const kind = depth === 0 ? this.#next(2) : this.#next(10);
    if (kind === 0) return this.#literal();
    if (kind === 1) return this.#place0(depth);
    const sub = () => this.expression(depth - 1);
    if (kind < 6) return `(${sub()} ${this.#one(BINARY)} ${sub()})`;
    if (kind === 6)
      return `(${this.#one(['<<', '>>']) === '<<' ? '(u64)' : ''}${sub()} >> (${sub()} & 7))`;
    if (kind === 7) return `(${this.#one(['-', '~', '!', '+'])} ${sub()})`;
    if (kind === 8) return `((${this.#one(TYPES)})${this.#one(['', '-', '~', '!'])} ${sub()})`;
    if (this.#next(2) === 0) return `(${sub()} ? ${sub()} : ${sub()})`;
    return `(${sub()} ${this.#one(['/', '%'])} ((${sub()} & 0xff) | 1))`;
  }

  #place0(depth: number): string {
    return depth === 0
      ? this.#one(['x', 'y', 'z', 'o.p', 'o.q', 'o.r', ...PARAMETERS])
      : this.#place();
  }

  statement(depth: number): string {
    const kind = depth === 0 ? this.#next(3) : this.#next(7);
    const body = () => `{ ${this.statement(depth - 1)} ${this.statement(depth - 1)} }`;
    if (kind < 2) return `${this.#place()} ${this.#one(ASSIGNED)} ${this.expression(2)};`;
    if (kind === 2) return this.#step();
    if (kind === 3)
      return `${this.#place()} ${this.#one(['<<=', '>>='])} ${this.expression(1)} & 7;`;
    if (kind === 4) return `if (${this.expression(2)}) ${body()} else ${body()}`;
    if (kind === 5) {
      const name = `k${this.#loops++}`;
      const head = `for (int ${name} = 0; ${name} < 3; ${name}++)`;
      return `${head} { if (${this.expression(1)}) continue; ${this.statement(depth - 1)} }`;
    }
    const cases = [0, 1, 2].map(
      (n) => `case ${n}: ${this.statement(0)} ${this.#one(['break;', ''])}`,
    );
    const rest = `default: ${this.statement(0)}`;
    return `switch (${this.expression(1)} & 3) { ${cases.join(' ')} ${rest} }`;
  }

  #step(): string {
    const place = this.#place();
    const operator = this.#one(['++', '--']);
    const step = this.#next(2) === 0 ? `${place}${operator}` : `${operator}(${place})`;
    // The place that takes the value must not be the one that is counted.
    return this.#next(2) === 0
      ? `${step};`
      : `n = ${place.includes('q') ? this.expression(1) : step};`;
  }
}
