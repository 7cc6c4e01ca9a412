// SPDX-License-Identifier: GPL-2.0-only
// What do C's operators do with integers? The usual conversions, then the operation with the
// wrap-around of the type; constants are folded by the same rules. Signed overflow wraps, as the
// kernel is built. What has no meaning is reported: here if it is constant, else at run time.

import { type Ast, refuse } from '../text/ast.ts';
import { common, INT, type IntType, ONE, promoted, ZERO } from '../types/types.ts';
import { type Code, int, js } from './emit.ts';
import {
  conditionOf,
  constantOf,
  convert,
  type IntValue,
  truth,
  type Value,
  wrapped32,
  wrapped64,
} from './values.ts';

export type Site = () => Code;

export const COMPARISONS = ['==', '!=', '<', '>', '<=', '>='] as const;
export type Comparison = (typeof COMPARISONS)[number];
export type Operator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>';

export function isComparison(operator: string): operator is Comparison {
  return (COMPARISONS as readonly string[]).includes(operator);
}

export function isOperator(operator: string): operator is Operator {
  return /^([-+*/%&|^]|<<|>>)$/.test(operator);
}

/** The value of an operator on two integers. */
export function binary(
  operator: Operator,
  left: IntValue,
  right: IntValue,
  node: Ast,
  site: Site,
): Value {
  if (operator === '<<' || operator === '>>') return shifted(operator, left, right, node, site);
  const type = common(left.type, right.type);
  const [a, b] = [convert(left, type, node, site), convert(right, type, node, site)];
  if ((operator === '/' || operator === '%') && b.constant === ZERO)
    return refuse(node, 'a division by zero');
  if (a.constant !== undefined && b.constant !== undefined)
    return constantOf(folded(operator, a.constant, b.constant), type);
  const code = type.bits === 64 ? wide(operator, a.code, b.code, type, site) : null;
  return { type, code: code ?? narrow(operator, a.code, b.code, type, site) };
}

function folded(operator: Operator, a: bigint, b: bigint): bigint {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    case '<<':
      return a << b;
    case '>>':
      return a >> b;
  }
}

function narrow(operator: Operator, a: Code, b: Code, type: IntType, site: Site): Code {
  const { isSigned } = type;
  switch (operator) {
    case '+':
      return wrapped32(js`${a}+${b}`, type);
    case '-':
      return wrapped32(js`${a}-${b}`, type);
    case '*':
      return isSigned ? js`I(${a},${b})` : js`(I(${a},${b})>>>0)`;
    case '/':
      return isSigned ? js`h.ds(m,${site()},${a},${b})` : js`h.du(m,${site()},${a},${b})`;
    case '%':
      return isSigned ? js`h.rs(m,${site()},${a},${b})` : js`h.ru(m,${site()},${a},${b})`;
    case '&':
      return isSigned ? js`(${a}&${b})` : js`((${a}&${b})>>>0)`;
    case '|':
      return isSigned ? js`(${a}|${b})` : js`((${a}|${b})>>>0)`;
    case '^':
      return isSigned ? js`(${a}^${b})` : js`((${a}^${b})>>>0)`;
    case '<<':
      return isSigned ? js`(${a}<<${b})` : js`((${a}<<${b})>>>0)`;
    case '>>':
      return isSigned ? js`(${a}>>${b})` : js`(${a}>>>${b})`;
  }
}

function wide(operator: Operator, a: Code, b: Code, type: IntType, site: Site): Code {
  switch (operator) {
    case '+':
      return wrapped64(js`${a}+${b}`, type);
    case '-':
      return wrapped64(js`${a}-${b}`, type);
    case '*':
      return wrapped64(js`${a}*${b}`, type);
    case '/':
      return wrapped64(js`h.db(m,${site()},${a},${b})`, type);
    case '%':
      return js`h.rb(m,${site()},${a},${b})`;
    case '&':
      return js`(${a}&${b})`;
    case '|':
      return js`(${a}|${b})`;
    case '^':
      return js`(${a}^${b})`;
    case '<<':
      return wrapped64(js`${a}<<${b}`, type);
    case '>>':
      return js`(${a}>>${b})`;
  }
}

/** A shift has the promoted type of its left side; the type of the count does not matter. */
function shifted(
  operator: '<<' | '>>',
  left: IntValue,
  right: IntValue,
  node: Ast,
  site: Site,
): Value {
  const type = promoted(left.type);
  const a = convert(left, type, node, site);
  const count = right.constant;
  if (count !== undefined && (count < ZERO || count >= BigInt(type.bits)))
    return refuse(node, `a shift by ${count} of something ${type.bits} bits wide`);
  if (a.constant !== undefined && count !== undefined)
    return constantOf(folded(operator, a.constant, count), type);
  const checked =
    count === undefined
      ? js`h.sh(m,${site()},${right.code},${int(type.bits)})`
      : int(Number(count));
  if (type.bits === 64) {
    const by = count === undefined ? js`B(${checked})` : js`${checked}n`;
    return { type, code: wide(operator, a.code, by, type, site) };
  }
  return { type, code: narrow(operator, a.code, checked, type, site) };
}

/** Whether a comparison of two integers holds. */
export function compared(
  operator: Comparison,
  left: IntValue,
  right: IntValue,
  node: Ast,
  site: Site,
): Value {
  const type = common(left.type, right.type);
  const [a, b] = [convert(left, type, node, site), convert(right, type, node, site)];
  return comparedAlike(operator, a, b);
}

/** Whether a comparison of two values of one type holds. */
export function comparedAlike(operator: Comparison, a: Value, b: Value): Value {
  if (a.constant !== undefined && b.constant !== undefined)
    return constantOf(orders(operator, a.constant, b.constant) ? ONE : ZERO, INT);
  return truth(COMPARE[operator](a.code, b.code));
}

const COMPARE: Record<Comparison, (a: Code, b: Code) => Code> = {
  '==': (a, b) => js`${a}===${b}`,
  '!=': (a, b) => js`${a}!==${b}`,
  '<': (a, b) => js`${a}<${b}`,
  '>': (a, b) => js`${a}>${b}`,
  '<=': (a, b) => js`${a}<=${b}`,
  '>=': (a, b) => js`${a}>=${b}`,
};

function orders(operator: Comparison, a: bigint, b: bigint): boolean {
  if (operator === '==') return a === b;
  if (operator === '!=') return a !== b;
  if (operator === '<') return a < b;
  if (operator === '>') return a > b;
  return operator === '<=' ? a <= b : a >= b;
}

/** `-x`, `+x`, `~x` of an integer. */
export function unary(operator: '-' | '+' | '~', operand: IntValue, node: Ast, site: Site): Value {
  const type = promoted(operand.type);
  const value = convert(operand, type, node, site);
  if (operator === '+') return value;
  const { constant, code } = value;
  if (constant !== undefined) return constantOf(operator === '-' ? -constant : ~constant, type);
  const made = operator === '-' ? js`-${code}` : js`~${code}`;
  if (type.bits === 64)
    return {
      type,
      code: operator === '~' && type.isSigned ? js`(${made})` : wrapped64(made, type),
    };
  return { type, code: wrapped32(made, type) };
}

/** `!x` of anything that is a condition. */
export function not(operand: Value, node: Ast): Value {
  if (operand.constant !== undefined)
    return constantOf(operand.constant === ZERO ? ONE : ZERO, INT);
  return truth(js`!(${conditionOf(operand, node)})`);
}
