// SPDX-License-Identifier: GPL-2.0-only
// What does a call become? A primitive that the front end knows, an intrinsic, a stub, a function
// of the tree, or an indirect call. A name that is none of these refuses the function.

import { type Ast, inner, needed, refuse } from '../text/ast.ts';
import type { Chunk } from '../text/chunks.ts';
import type { Edge } from '../translation.ts';
import { type CType, type FunctionType, INT, promoted, spelled, VOID } from '../types/types.ts';
import { storeAs } from './accesses.ts';
import type { Body } from './body.ts';
import { builtin } from './builtins.ts';
import { type Code, int, js, list } from './emit.ts';
import { expression, onlyInner } from './expressions.ts';
import type { Place } from './places.ts';
import { constantOf, convert, isInt, type Value } from './values.ts';

/** The value of a call. Throws a Refusal. */
export function callOf(body: Body, node: Ast): Value {
  let callee = needed(node, 'function');
  while (callee.kind === 'parenthesized_expression') callee = onlyInner(callee);
  const args = inner(needed(node, 'arguments'));
  if (callee.kind === 'identifier') {
    const named = byName(body, callee.text, args, node);
    if (named !== null) return named;
  }
  return indirect(body, expression(body, callee), args, node);
}

/** A call of a function by its name; null if the name is that of a variable. */
function byName(body: Body, name: string, args: readonly Ast[], node: Ast): Value | null {
  const { program } = body;
  if (body.find(name) !== undefined) return null;
  const exact = program.edges.exact(name);
  if (exact !== undefined) return edge(body, name, exact, args, node);
  const known = builtin(name);
  if (known !== undefined) return known(body, node, args, name);
  const chunk = program.functionChunk(name, node.file);
  if (chunk !== undefined) return direct(body, chunk, args, node);
  const prefix = program.edges.byPrefix(name);
  if (prefix !== undefined) return edge(body, name, prefix, args, node);
  if (program.globals.has(name, node.file)) return null;
  const isMacro = program.unit.macros.has(name);
  const isDeclared = program.unit.names.has(name);
  return refuse(
    node,
    isDeclared
      ? `the function ${name}() is declared, but its body is in no file that was read`
      : `the ${isMacro ? 'macro' : 'function'} ${name}() is not known`,
  );
}

function direct(body: Body, chunk: Chunk, args: readonly Ast[], node: Ast): Value {
  const { program } = body;
  const type = program.functionType(chunk);
  if (body.isDry) return { type: type.result, code: js`0` };
  body.calls.add(chunk.name!);
  const { index } = program.want(chunk);
  body.callees.add(index);
  return called(body, js`m.f[${int(index)}](m`, type, args, node);
}

function indirect(body: Body, callee: Value, args: readonly Ast[], node: Ast): Value {
  const { type } = callee;
  const to = type.kind === 'pointer' ? type.to : type;
  if (to.kind !== 'function') return refuse(node, `${spelled(type)} cannot be called`);
  body.hasIndirectCall = true;
  const site = body.site(node, 'call');
  const signature = int(body.program.signature(to));
  return called(body, js`m.at(${site},${callee.code},${signature})(m`, to, args, node);
}

/** A call with its arguments; `head` is open after the machine. */
function called(
  body: Body,
  head: Code,
  type: FunctionType,
  args: readonly Ast[],
  node: Ast,
): Value {
  const { result } = type;
  const passed = argumentsOf(body, type, args, node);
  if (result.kind !== 'record') return { type: result, code: js`${list([head, ...passed])})` };
  const at = room(body, result, node);
  return { type: result, code: js`(${list([js`${head},${at.code}`, ...passed])}),${at.code})` };
}

function room(body: Body, type: CType, node: Ast): { place: Place; code: Code } {
  const size = body.program.size(type, node);
  const offset = body.room(size, Math.max(8, body.program.layouter.align(type)), node);
  const place: Place = { kind: 'memory', type, base: js`p`, offset, bits: null, guess: null };
  return { place, code: js`(p+${int(offset)})` };
}

/** The arguments in the types of the prototype; those after `...` are promoted. */
function argumentsOf(body: Body, type: FunctionType, args: readonly Ast[], node: Ast): Code[] {
  const { parameters, isVariadic } = type;
  if (args.length < parameters.length || (args.length > parameters.length && !isVariadic))
    return refuse(node, `a call with ${args.length} arguments instead of ${parameters.length}`);
  return args.map((arg, i) => {
    const value = expression(body, arg);
    const to = parameters[i] ?? (isInt(value) ? promoted(value.type) : value.type);
    if (to.kind === 'record') {
      // A struct is passed by the address of a copy that nobody else knows.
      const copy = room(body, to, arg);
      return js`(${storeAs(body, copy.place, value, arg, false).code},${copy.code})`;
    }
    return convert(value, to, arg, () => body.site(arg, 'fault')).code;
  });
}

/** A call that the profile decides about. */
function edge(body: Body, name: string, what: Edge, args: readonly Ast[], node: Ast): Value {
  const { program } = body;
  if (!body.isDry) body.edges.add(name);
  if (what.kind === 'stubbed') {
    for (const arg of args) mustBeSilent(body, name, arg);
    if (!body.isDry) program.meet(name, 'stubbed');
    if (what.returns === undefined) return { type: VOID, code: js`0` };
    return constantOf(BigInt(what.returns), INT);
  }
  const type = program.edges.type(name, what.prototype);
  if (type.result.kind === 'record') return refuse(node, `${name}() returns a struct`);
  if (body.isDry) return { type: type.result, code: js`0` };
  program.meet(name, what.kind);
  const index = int(program.edges.index(name));
  const site = body.site(node, 'call', name);
  return called(body, js`m.i[${index}](m,${site}`, type, args, node);
}

/** Arguments of a stub are not evaluated, so they must do nothing. */
function mustBeSilent(body: Body, name: string, arg: Ast): void {
  if (arg.kind === 'assignment_expression' || arg.kind === 'update_expression')
    refuse(arg, `an argument of ${name}(), which is stubbed, changes something`);
  if (arg.kind === 'call_expression')
    body.program.notes.add(`${name}() is stubbed, and with it a call among its arguments`);
  for (const child of arg.children) mustBeSilent(body, name, child);
}
