// SPDX-License-Identifier: GPL-2.0-only
// What is the value of an expression? Every kind of node that is known is named here; any other
// refuses the function. Operands are evaluated from left to right, which C leaves open.

import { type Ast, inner, needed, part, refuse } from '../text/ast.ts';
import { characterLiteral, integerLiteral } from '../types/literals.ts';
import { INT, ONE, pointerTo, spelled, ULONG, VOID, ZERO } from '../types/types.ts';
import { loadAs } from './accesses.ts';
import { binary, compared, isComparison, isOperator, not, unary } from './arithmetic.ts';
import { assigned, updated } from './assignments.ts';
import type { Body } from './body.ts';
import { callOf } from './calls.ts';
import { conditional } from './conditionals.ts';
import { js } from './emit.ts';
import { isPlace, placeOf, pointerAt } from './places.ts';
import { pointerBinary } from './pointers.ts';
import { statementExpression } from './statement-expressions.ts';
import { stringBytes, stringOf } from './strings.ts';
import { conditionOf, constantOf, convert, isInt, truth, type Value } from './values.ts';

/** The value of an expression. Throws a Refusal for what is not known. */
export function expression(body: Body, node: Ast): Value {
  switch (node.kind) {
    case 'number_literal':
      return numberLiteral(body, node);
    case 'char_literal':
      return literal(characterLiteral(node));
    case 'true':
    case 'false':
      return constantOf(node.kind === 'true' ? ONE : ZERO, INT);
    case 'null':
      return constantOf(ZERO, pointerTo(VOID));
    case 'string_literal':
    case 'concatenated_string':
      return stringOf(body, node);
    case 'identifier':
      return identifier(body, node);
    case 'parenthesized_expression': {
      const inside = onlyInner(node);
      if (inside.kind === 'compound_statement') return statementExpression(body, inside);
      return expression(body, inside);
    }
    case 'field_expression':
    case 'subscript_expression':
    case 'compound_literal_expression':
      return loadAs(body, placeOf(body, node), node, 'plain', '');
    case 'pointer_expression':
      return pointerExpression(body, node);
    case 'unary_expression':
      return unaryExpression(body, node);
    case 'binary_expression':
      return binaryExpression(body, node);
    case 'conditional_expression':
      return conditional(body, node);
    case 'assignment_expression':
      return assigned(body, node, true);
    case 'update_expression':
      return updated(body, node, true);
    case 'comma_expression':
      return comma(body, node);
    case 'cast_expression':
      return cast(body, node);
    case 'sizeof_expression':
      return sizeOf(body, node);
    case 'call_expression':
      return callOf(body, node);
  }
  return refuse(node, `${WORDS.get(node.kind) ?? node.kind} is not supported`);
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ['gnu_asm_expression', 'inline assembly'],
  ['generic_expression', '_Generic'],
  ['alignof_expression', 'alignof'],
]);

/** tree-sitter takes the sign of `-1` for part of the number; in C it is an operator. */
function numberLiteral(body: Body, node: Ast): Value {
  const sign = /^[-+]/.exec(node.text)?.[0];
  if (sign === undefined) return literal(integerLiteral(node));
  const value = literal(integerLiteral({ ...node, text: node.text.slice(1).trimStart() }));
  if (!isInt(value)) return value;
  return unary(sign as '-' | '+', value, node, () => body.site(node, 'fault'));
}

const literal = ({ value, type }: ReturnType<typeof integerLiteral>) => constantOf(value, type);

/** What stands in brackets. */
export function onlyInner(node: Ast): Ast {
  const [only, ...more] = inner(node);
  if (only === undefined || more.length > 0) return refuse(node, 'empty brackets');
  return only;
}

/** An expression whose value nobody looks at. */
export function forEffect(body: Body, node: Ast): Value {
  if (node.kind === 'assignment_expression') return assigned(body, node, false);
  if (node.kind === 'update_expression') return updated(body, node, false);
  if (node.kind === 'parenthesized_expression') return forEffect(body, onlyInner(node));
  if (node.kind === 'comma_expression') return comma(body, node, true);
  return expression(body, node);
}

/** An expression as a condition. */
export function condition(body: Body, node: Ast) {
  const value = expression(body, node);
  return { code: conditionOf(value, node), constant: value.constant };
}

function identifier(body: Body, node: Ast): Value {
  const { program } = body;
  if (isPlace(body, node)) return loadAs(body, placeOf(body, node), node, 'plain', '');
  const enumerator = program.declarations.enumerator(node.text, node.file);
  if (enumerator !== undefined) return constantOf(enumerator.value, enumerator.type);
  const chunk = program.functionChunk(node.text, node.file);
  if (chunk === undefined) return refuse(node, `${node.text} is not known`);
  if (program.edges.exact(node.text) !== undefined)
    return refuse(node, `a pointer to ${node.text}(), which is not the one of the tree`);
  return program.globals.functionPointer(chunk, body.isDry);
}

function pointerExpression(body: Body, node: Ast): Value {
  const argument = needed(node, 'argument');
  if (needed(node, 'operator').kind === '*')
    return loadAs(body, placeOf(body, node), node, 'plain', '');
  const target = argument.kind === 'parenthesized_expression' ? onlyInner(argument) : argument;
  if (target.kind === 'identifier' && !isPlace(body, target)) {
    const value = identifier(body, target);
    if (value.type.kind === 'pointer' && value.type.to.kind === 'function') return value;
    return refuse(node, `${target.text} has no address`);
  }
  return pointerAt(placeOf(body, target, true), node);
}

function unaryExpression(body: Body, node: Ast): Value {
  const operator = needed(node, 'operator').kind;
  const operand = expression(body, needed(node, 'argument'));
  if (operator === '!') return not(operand, node);
  if (operator !== '-' && operator !== '+' && operator !== '~')
    return refuse(node, `the operator ${operator} is not known`);
  if (!isInt(operand)) return refuse(node, `${operator} of ${spelled(operand.type)}`);
  return unary(operator, operand, node, () => body.site(node, 'fault'));
}

function binaryExpression(body: Body, node: Ast): Value {
  const operator = needed(node, 'operator').kind;
  if (operator === '&&' || operator === '||') return logical(body, node, operator);
  const left = expression(body, needed(node, 'left'));
  const right = expression(body, needed(node, 'right'));
  return operated(body, operator, left, right, node);
}

/** An operator on two values, integers or pointers. */
export function operated(
  body: Body,
  operator: string,
  left: Value,
  right: Value,
  node: Ast,
): Value {
  const site = () => body.site(node, 'fault');
  if (isInt(left) && isInt(right)) {
    if (isComparison(operator)) return compared(operator, left, right, node, site);
    if (isOperator(operator)) return binary(operator, left, right, node, site);
  }
  return pointerBinary(body, operator, left, right, node);
}

function logical(body: Body, node: Ast, operator: '&&' | '||'): Value {
  const left = expression(body, needed(node, 'left'));
  const decides = operator === '&&' ? left.constant === ZERO : (left.constant ?? ZERO) !== ZERO;
  // What is never evaluated may name what is not known: a branch that a configuration left out.
  if (decides) return constantOf(operator === '&&' ? ZERO : ONE, INT);
  const right = body.maybe(() => expression(body, needed(node, 'right')));
  const second = conditionOf(right, node);
  if (left.constant !== undefined)
    return right.constant === undefined
      ? truth(second)
      : constantOf(right.constant !== ZERO ? ONE : ZERO, INT);
  const first = conditionOf(left, node);
  return truth(operator === '&&' ? js`(${first})&&(${second})` : js`(${first})||(${second})`);
}

function comma(body: Body, node: Ast, isForEffect = false): Value {
  const first = forEffect(body, needed(node, 'left'));
  const right = needed(node, 'right');
  const second = isForEffect ? forEffect(body, right) : expression(body, right);
  return { type: second.type, code: js`(${first.code},${second.code})` };
}

function cast(body: Body, node: Ast): Value {
  const type = body.program.declarations.typeName(needed(node, 'type'), body);
  const value = expression(body, needed(node, 'value'));
  return convert(value, type, node, () => body.site(node, 'fault'), true);
}

function sizeOf(body: Body, node: Ast): Value {
  const { program } = body;
  const type = part(node, 'type');
  if (type !== null) {
    const named = program.declarations.typeName(type, body);
    return constantOf(BigInt(program.size(named, node)), ULONG);
  }
  const value = needed(node, 'value');
  const text = stringBytes(value.kind === 'parenthesized_expression' ? onlyInner(value) : value);
  if (text !== null) return constantOf(BigInt(text.length + 1), ULONG);
  const found = body.dry(() =>
    isPlace(body, value) ? placeOf(body, value).type : expression(body, value).type,
  );
  return constantOf(BigInt(program.size(found, node)), ULONG);
}
