// SPDX-License-Identifier: GPL-2.0-only
// Is an #if true? Integer expressions over macros, `defined` and the IS_ENABLED() family. A form
// that is not known is refused: it never counts as false.

import { BUDGETS } from '../budgets.ts';
import { Refusal } from '../translation.ts';
import { Expander, type MacroLookup } from './macros.ts';
import type { Token } from './tokens.ts';

/** IS_ENABLED() and its like, and which CONFIG symbols make them true. */
const ENABLED: Record<string, readonly string[]> = {
  IS_ENABLED: ['', '_MODULE'],
  IS_BUILTIN: [''],
  IS_REACHABLE: ['', '_MODULE'],
  IS_MODULE: ['_MODULE'],
};

/** The value of the condition of an #if or #elif. */
export function conditionHolds(
  file: string,
  line: number,
  tokens: readonly Token[],
  lookup: MacroLookup,
): boolean {
  if (tokens.length === 0) throw new Refusal(file, line, 'the condition is empty');
  const asked = answered(file, line, tokens, lookup);
  const expanded = new Expander(file, lookup).expand(asked);
  const reader = new Reader(file, line, answered(file, line, expanded, lookup));
  const value = reader.ternary(0);
  reader.end();
  return BigInt.asIntN(64, value) !== ZERO;
}

const ZERO = BigInt(0);

/** `defined X`, `IS_ENABLED(X)` replaced by 0 or 1 before X could be expanded. */
function answered(
  file: string,
  line: number,
  tokens: readonly Token[],
  lookup: MacroLookup,
): Token[] {
  const out: Token[] = [];
  const number = (token: Token, isTrue: boolean): Token => ({
    ...token,
    kind: 'number',
    text: isTrue ? '1' : '0',
  });
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const suffixes = Object.hasOwn(ENABLED, token.text) ? ENABLED[token.text]! : null;
    if (token.text !== 'defined' && suffixes === null) {
      out.push(token);
      continue;
    }
    const isBracketed = tokens[i + 1]?.text === '(';
    const name = tokens[i + (isBracketed ? 2 : 1)];
    const isWhole = name?.kind === 'name' && (!isBracketed || tokens[i + 3]?.text === ')');
    if (!isWhole || (suffixes !== null && !isBracketed))
      throw new Refusal(file, line, `the condition has a form of ${token.text} that is not known`);
    const isTrue = (suffixes ?? ['']).some((suffix) => lookup(name.text + suffix) !== undefined);
    out.push(number(token, isTrue));
    i += isBracketed ? 3 : 1;
  }
  return out;
}

/** Binary operators, weakest first. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];

class Reader {
  readonly #file: string;
  readonly #line: number;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(file: string, line: number, tokens: readonly Token[]) {
    this.#file = file;
    this.#line = line;
    this.#tokens = tokens;
  }

  end(): void {
    const left = this.#tokens[this.#at];
    if (left !== undefined) this.#refuse(`'${left.text}'`);
  }

  ternary(depth: number): bigint {
    if (depth > BUDGETS.nesting) this.#refuse('that many brackets');
    const condition = this.#binary(0, depth);
    if (this.#tokens[this.#at]?.text !== '?') return condition;
    this.#at++;
    const yes = this.ternary(depth + 1);
    this.#expect(':');
    const no = this.ternary(depth + 1);
    return condition !== ZERO ? yes : no;
  }

  #binary(level: number, depth: number): bigint {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary(depth);
    let left = this.#binary(level + 1, depth);
    for (;;) {
      const operator = this.#tokens[this.#at]?.text ?? '';
      if (!operators.includes(operator)) return left;
      this.#at++;
      left = this.#applied(operator, left, this.#binary(level + 1, depth));
    }
  }

  #applied(operator: string, left: bigint, right: bigint): bigint {
    if ((operator === '/' || operator === '%') && right === ZERO) this.#refuse('a division by 0');
    if ((operator === '<<' || operator === '>>') && (right < ZERO || right > BigInt(63)))
      this.#refuse('a shift outside the width');
    const value = arithmetic(operator, left, right);
    return typeof value === 'boolean' ? BigInt(value) : BigInt.asIntN(64, value);
  }

  #unary(depth: number): bigint {
    if (depth > BUDGETS.nesting) this.#refuse('that many operators');
    const token = this.#tokens[this.#at++];
    if (token === undefined) return this.#refuse('no operand');
    if (token.text === '!') return this.#unary(depth + 1) === ZERO ? BigInt(1) : ZERO;
    if (token.text === '-') return -this.#unary(depth + 1);
    if (token.text === '+') return this.#unary(depth + 1);
    if (token.text === '~') return ~this.#unary(depth + 1);
    if (token.text === '(') {
      const value = this.ternary(depth + 1);
      this.#expect(')');
      return value;
    }
    const number = /^(0[xX][0-9a-fA-F]+|[0-9]+)[uUlL]*$/.exec(token.text)?.[1];
    if (token.kind === 'number' && number !== undefined)
      return BigInt.asIntN(64, BigInt(/^0[0-7]+$/.test(number) ? `0o${number.slice(1)}` : number));
    // C counts a name that is no macro as 0. Here a header may be missing, so only CONFIG does.
    if (token.kind === 'name' && token.text.startsWith('CONFIG_')) return ZERO;
    return this.#refuse(`'${token.text}'`);
  }

  #expect(text: string): void {
    const token = this.#tokens[this.#at++];
    if (token?.text !== text) this.#refuse(`'${token?.text ?? 'its end'}' instead of '${text}'`);
  }

  #refuse(what: string): never {
    throw new Refusal(this.#file, this.#line, `the condition has ${what}, which is not known here`);
  }
}

function arithmetic(operator: string, a: bigint, b: bigint): bigint | boolean {
  if (operator === '||') return a !== ZERO || b !== ZERO;
  if (operator === '&&') return a !== ZERO && b !== ZERO;
  if (operator === '|') return a | b;
  if (operator === '^') return a ^ b;
  if (operator === '&') return a & b;
  if (operator === '==') return a === b;
  if (operator === '!=') return a !== b;
  if (operator === '<') return a < b;
  if (operator === '>') return a > b;
  if (operator === '<=') return a <= b;
  if (operator === '>=') return a >= b;
  if (operator === '<<') return a << b;
  if (operator === '>>') return a >> b;
  if (operator === '+') return a + b;
  if (operator === '-') return a - b;
  if (operator === '*') return a * b;
  return operator === '/' ? a / b : a % b;
}
