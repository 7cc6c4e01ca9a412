// SPDX-License-Identifier: GPL-2.0-only
// What does a declaration in a function become? A script variable, or bytes of the frame if it is a
// struct or an array or has its address taken, or a fixed address if it is static.

import { type Ast, needed, part, parts, refuse } from '../text/ast.ts';
import { type CType, spelled, wordOf } from '../types/types.ts';
import { storeAs } from './accesses.ts';
import type { Body, Local } from './body.ts';
import { zeroOf } from './body.ts';
import { type Code, js, NOTHING, sequence } from './emit.ts';
import { expression } from './expressions.ts';
import { initialisedType } from './images.ts';
import { initialised } from './initialisers.ts';
import type { Place } from './places.ts';

/** A declaration in a block; what it does at that point. */
export function declaration(body: Body, node: Ast): Code {
  const { declarations } = body.program;
  const isStatic = hasStorage(node, 'static');
  if (hasStorage(node, 'extern')) return refuse(node, 'an extern declaration in a function');
  const specifier = needed(node, 'type');
  const hasBody = part(specifier, 'body') !== null;
  if (hasBody && (part(specifier, 'name') !== null || specifier.kind === 'enum_specifier'))
    return refuse(node, 'a type with members is declared in a function');
  const base = declarations.base(node, body);
  const codes = parts(node, 'declarator').map((declarator) => {
    const isInit = declarator.kind === 'init_declarator';
    const inside = isInit ? needed(declarator, 'declarator') : declarator;
    const { name, type } = declarations.declared(base, inside, body);
    if (name === null) return refuse(declarator, 'a declaration without a name');
    const value = isInit ? needed(declarator, 'value') : null;
    if (type.kind === 'function') return refuse(node, 'a function is declared in a function');
    return isStatic
      ? staticLocal(body, name, type, value, declarator)
      : local(body, name, type, value, declarator);
  });
  return sequence(codes);
}

function hasStorage(node: Ast, word: string): boolean {
  return node.children.some(
    ({ kind, children }) => kind === 'storage_class_specifier' && children[0]?.kind === word,
  );
}

function staticLocal(body: Body, name: string, type: CType, value: Ast | null, node: Ast): Code {
  const { globals, program } = { globals: body.program.globals, program: body.program };
  const variable = globals.place(initialisedType(program, type, value), node);
  if (value !== null) globals.initialise(variable, value);
  body.add(name, { kind: 'static', type: variable.type, address: variable.address }, node);
  return NOTHING;
}

function local(body: Body, name: string, declared: CType, value: Ast | null, node: Ast): Code {
  const { program } = body;
  const type = initialisedType(program, declared, value);
  const isScalar = wordOf(type) !== null;
  if (!isScalar && type.kind !== 'record' && type.kind !== 'array')
    return refuse(node, `a local of the type ${spelled(type)}`);
  if (isScalar && !body.addressed.has(name)) return variable(body, name, type, value, node);
  const bytes = program.size(type, node);
  const offset = body.room(bytes, Math.max(8, program.layouter.align(type)), node);
  body.add(name, { kind: 'frame', type, offset }, node);
  if (value === null) return NOTHING;
  const place: Place = { kind: 'memory', type, base: js`p`, offset, bits: null, guess: null };
  return initialised(body, place, value);
}

function variable(body: Body, name: string, type: CType, value: Ast | null, node: Ast): Code {
  const code = body.newLocal();
  // C has the name in scope in its own initialiser, where it has no value yet.
  const isSet = value !== null;
  const made: Local = { kind: 'variable', type, code, isSet };
  body.add(name, made, node);
  body.variables.push(isSet ? js`${code}=${zeroOf(type)}` : code);
  if (value === null) return isSet ? NOTHING : js`${code}=undefined;`;
  const scalar = value.kind === 'initializer_list' ? (value.children[0] ?? value) : value;
  const place: Place = { ...made, kind: 'variable' };
  return js`${storeAs(body, place, expression(body, scalar), value, false).code};`;
}
