// SPDX-License-Identifier: GPL-2.0-only
// The rules of C for integers, written once more over BigInt and nothing else, against what emitted
// code computes.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { argument } from '../arguments.ts';
import { PlainMachine } from '../plain-machine.ts';
import { loadParser } from '../text/ast.ts';
import { readUnit } from '../text/unit.ts';
import { translate } from '../translate.ts';
import type { Word } from '../translation.ts';

interface Type {
  readonly name: Word & string;
  readonly bits: number;
  readonly isSigned: boolean;
}
const TYPES: readonly Type[] = [
  { name: 'bool', bits: 1, isSigned: false },
  { name: 's8', bits: 8, isSigned: true },
  { name: 'u8', bits: 8, isSigned: false },
  { name: 's16', bits: 16, isSigned: true },
  { name: 'u16', bits: 16, isSigned: false },
  { name: 's32', bits: 32, isSigned: true },
  { name: 'u32', bits: 32, isSigned: false },
  { name: 's64', bits: 64, isSigned: true },
  { name: 'u64', bits: 64, isSigned: false },
];
const OPERATORS = [
  '+',
  '-',
  '*',
  '/',
  '%',
  '&',
  '|',
  '^',
  '<<',
  '>>',
  '<',
  '<=',
  '==',
  '!=',
  '&&',
  '||',
];

const into = (value: bigint, { name, bits, isSigned }: Type): bigint => {
  if (name === 'bool') return value === 0n ? 0n : 1n;
  return isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
};
const S32 = TYPES[5]!;
const promotion = (type: Type): Type => (type.bits < 32 ? S32 : type);
const together = (a: Type, b: Type): Type => {
  const [x, y] = [promotion(a), promotion(b)];
  if (x.bits !== y.bits) return x.bits > y.bits ? x : y;
  return x.isSigned ? y : x;
};

/** What C says; null where it says nothing. */
function expected(operator: string, a: bigint, ta: Type, b: bigint, tb: Type): bigint | null {
  if (operator === '&&') return a !== 0n && b !== 0n ? 1n : 0n;
  if (operator === '||') return a !== 0n || b !== 0n ? 1n : 0n;
  if (operator === '<<' || operator === '>>') {
    const type = promotion(ta);
    if (b < 0n || b >= BigInt(type.bits)) return null;
    return into(operator === '<<' ? a << b : a >> b, type);
  }
  const type = together(ta, tb);
  const [x, y] = [into(a, type), into(b, type)];
  const truth = { '<': x < y, '<=': x <= y, '==': x === y, '!=': x !== y }[operator];
  if (truth !== undefined) return truth ? 1n : 0n;
  if ('/%'.includes(operator) && y === 0n) return null;
  const values: Record<string, () => bigint> = {
    '+': () => x + y,
    '-': () => x - y,
    '*': () => x * y,
    '/': () => x / y,
    '%': () => x % y,
    '&': () => x & y,
    '|': () => x | y,
    '^': () => x ^ y,
  };
  return into(values[operator]!(), type);
}

const text = TYPES.flatMap((a, i) => [
  ...TYPES.map((b, j) => `${b.name} convert${i}_${j}(${a.name} x) { return x; }`),
  ...TYPES.flatMap((b, j) =>
    OPERATORS.map(
      (operator, k) => `s64 f${i}_${j}_${k}(${a.name} a, ${b.name} b) { return a ${operator} b; }`,
    ),
  ),
]).join('\n');
const parser = await loadParser();
const unit = readUnit(parser, [{ path: 'laws.c', text }], {
  config: {},
  overrides: {},
  prelude: '',
});
const translation = translate(unit, {
  entries: [...text.matchAll(/\w+(?=\()/g)].map(([name]) => name),
  edges: {},
  constants: [],
});
const machine = new PlainMachine(translation);

const ofType = (type: Type) =>
  fc
    .oneof(fc.bigInt(-3n, 3n), fc.bigInt(-(2n ** 64n), 2n ** 64n), fc.constantFrom(...LIMITS))
    .map((value) => into(value, type));
const LIMITS = [7, 8, 15, 16, 31, 32, 63, 64].flatMap((n) => [
  2n ** BigInt(n),
  2n ** BigInt(n) - 1n,
]);
const indexOfType = fc.nat(TYPES.length - 1);
const settings = { seed: 1, numRuns: 4000 };

test('an operator on two integers has the value that C gives it', () => {
  const choice = fc
    .tuple(indexOfType, indexOfType, fc.nat(OPERATORS.length - 1))
    .chain(([i, j, k]) =>
      fc.tuple(fc.constant([i, j, k] as const), ofType(TYPES[i]!), ofType(TYPES[j]!)),
    );
  fc.assert(
    fc.property(choice, ([[i, j, k], a, b]) => {
      const [ta, tb] = [TYPES[i]!, TYPES[j]!];
      const wanted = expected(OPERATORS[k]!, a, ta, b, tb);
      const run = () => machine.call(`f${i}_${j}_${k}`, argument(a, ta.name), argument(b, tb.name));
      if (wanted === null) expect(run).toThrow(/division by zero|shift by a count/);
      else expect(run()).toBe(BigInt.asIntN(64, wanted));
    }),
    settings,
  );
});

test('a conversion has the value that C gives it', () => {
  const choice = fc
    .tuple(indexOfType, indexOfType)
    .chain(([i, j]) => fc.tuple(fc.constant([i, j] as const), ofType(TYPES[i]!)));
  fc.assert(
    fc.property(choice, ([[i, j], value]) => {
      const [from, to] = [TYPES[i]!, TYPES[j]!];
      const result = machine.call(`convert${i}_${j}`, argument(value, from.name));
      expect(BigInt(result!)).toBe(into(value, to));
    }),
    settings,
  );
});
