// SPDX-License-Identifier: GPL-2.0-only
// likely(), min(), array_index_nospec() and their like: functions of values that take any type.

import { type Ast, refuse } from '../text/ast.ts';
import { constantValue } from '../types/constants.ts';
import {
  type CType,
  common,
  INT,
  type IntType,
  ONE,
  spelled,
  ULONG,
  ZERO,
} from '../types/types.ts';
import { compared } from './arithmetic.ts';
import type { Body } from './body.ts';
import type { Builtin } from './builtins.ts';
import { typeArgument } from './builtins-type.ts';
import { js } from './emit.ts';
import { expression } from './expressions.ts';
import { conditionOf, constantOf, convert, isInt, truth, type Value } from './values.ts';

export function valueBuiltins(): (readonly [string, Builtin])[] {
  return [
    ['likely', truthOf],
    ['unlikely', truthOf],
    ['__builtin_expect', (body, node, args) => value(body, node, args[0])],
    ['min', (body, node, args) => least(body, node, args, '<', null)],
    ['min3', (body, node, args) => least(body, node, args, '<', null)],
    ['max', (body, node, args) => least(body, node, args, '>', null)],
    ['max3', (body, node, args) => least(body, node, args, '>', null)],
    ['min_t', (body, node, args) => least(body, node, args.slice(1), '<', typed(body, node, args))],
    ['max_t', (body, node, args) => least(body, node, args.slice(1), '>', typed(body, node, args))],
    ['clamp', (body, node, args) => clamp(body, node, args, null)],
    ['clamp_t', (body, node, args) => clamp(body, node, args.slice(1), typed(body, node, args))],
    ['array_index_nospec', noSpeculation],
    ['ilog2', ilog2],
    ['__builtin_constant_p', isConstant],
    ...['IS_ENABLED', 'IS_BUILTIN', 'IS_REACHABLE'].map((name) => [name, isEnabled] as const),
  ];
}

function value(body: Body, node: Ast, arg: Ast | undefined): Value {
  return expression(body, arg ?? refuse(node, 'a value is missing'));
}

function typed(body: Body, node: Ast, args: readonly Ast[]): CType {
  return typeArgument(body, args[0], node);
}

const truthOf: Builtin = (body, node, args) => {
  const test = value(body, node, args[0]);
  if (test.constant !== undefined) return constantOf(test.constant === ZERO ? ZERO : ONE, INT);
  return truth(conditionOf(test, node));
};

/** The least or greatest of some integers, each evaluated once, from left to right. */
function least(
  body: Body,
  node: Ast,
  args: readonly Ast[],
  operator: '<' | '>',
  given: CType | null,
): Value {
  const site = () => body.site(node, 'fault');
  const values = args.map((arg) => {
    const found = expression(body, arg);
    return isInt(found) ? found : refuse(arg, `min() or max() of ${spelled(found.type)}`);
  });
  const type = given ?? values.map((v) => v.type).reduce((a, b) => common(a, b));
  if (type.kind !== 'int') return refuse(node, `min() or max() of ${spelled(type)}`);
  const all = values.map((v) => convert(v, type, node, site));
  return all.reduce((a, b) => lesser(body, node, a, b, operator, type));
}

function lesser(
  body: Body,
  node: Ast,
  a: Value,
  b: Value,
  operator: '<' | '>',
  type: IntType,
): Value {
  const site = () => body.site(node, 'fault');
  if (a.constant !== undefined && b.constant !== undefined) {
    const isFirst = operator === '<' ? a.constant < b.constant : a.constant > b.constant;
    return isFirst ? a : b;
  }
  const [x, y] = [body.temporary(type, node), body.temporary(type, node)];
  const kept = (code: typeof x) => ({ type, code });
  // The values are in the type already: no promotion may change them.
  const test = conditionOf(compared(operator, kept(x), kept(y), node, site), node);
  return { type, code: js`(${x}=${a.code},${y}=${b.code},${test}?${x}:${y})` };
}

function clamp(body: Body, node: Ast, args: readonly Ast[], given: CType | null): Value {
  const [first, low, high] = args;
  if (first === undefined || low === undefined || high === undefined)
    return refuse(node, 'clamp() takes three values');
  const site = () => body.site(node, 'fault');
  const values = [first, low, high].map((arg) => expression(body, arg));
  if (!values.every(isInt)) return refuse(node, 'clamp() of what is no integer');
  const type = given ?? values.map((v) => v.type as IntType).reduce((a, b) => common(a, b));
  if (type.kind !== 'int') return refuse(node, `clamp() of ${spelled(type)}`);
  const [v, l, h] = values.map((one) => convert(one, type, node, site)) as [Value, Value, Value];
  return lesser(body, node, lesser(body, node, v, l, '>', type), h, '<', type);
}

/** The index if it is below the size, else 0; speculation is not modelled. */
const noSpeculation: Builtin = (body, node, args) => {
  const site = () => body.site(node, 'fault');
  const index = value(body, node, args[0]);
  const size = value(body, node, args[1]);
  if (!isInt(index) || !isInt(size)) return refuse(node, 'an index that is no integer');
  const [a, b] = [convert(index, ULONG, node, site), convert(size, ULONG, node, site)];
  const kept: Value = { type: ULONG, code: js`h.ns(${a.code},${b.code})` };
  return convert(kept, index.type, node, site);
};

const ilog2: Builtin = (body, node, args) => {
  const of = value(body, node, args[0]);
  if (!isInt(of)) return refuse(node, 'ilog2() of what is no integer');
  if (of.constant !== undefined && of.constant > ZERO)
    return constantOf(BigInt(of.constant.toString(2).length - 1), INT);
  return { type: INT, code: js`h.lg(${of.code})` };
};

const isConstant: Builtin = (body, node, args) => {
  const arg = args[0] ?? refuse(node, 'a value is missing');
  return constantOf(constantValue(body.program, arg, body) === null ? ZERO : ONE, INT);
};

/** A CONFIG symbol that is set has become its value before. */
const isEnabled: Builtin = (body, node, args) => {
  const [arg] = args;
  if (arg?.kind === 'number_literal') return constantOf(arg.text === '0' ? ZERO : ONE, INT);
  if (arg?.kind !== 'identifier' || !arg.text.startsWith('CONFIG_'))
    return refuse(node, 'IS_ENABLED() of what is no CONFIG symbol');
  return constantOf(body.program.unit.macros.has(`${arg.text}_MODULE`) ? ONE : ZERO, INT);
};
