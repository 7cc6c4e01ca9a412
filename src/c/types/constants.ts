// SPDX-License-Identifier: GPL-2.0-only
// What is the value of a constant expression, and what is the type of any expression? Both are
// found by the translation of the expression itself, so there is one set of rules.

import { Body } from '../emit/body.ts';
import { expression } from '../emit/expressions.ts';
import { isPlace, placeOf } from '../emit/places.ts';
import type { Program } from '../emit/program.ts';
import type { Ast } from '../text/ast.ts';
import { Refusal } from '../translation.ts';
import type { Scope } from './declarations.ts';
import { type CType, VOID } from './types.ts';

const NO_NAMES: ReadonlySet<string> = new Set();

function bodyFor(program: Program, scope: Scope | null): Body {
  return scope instanceof Body ? scope : new Body(program, '', VOID, NO_NAMES);
}

/** The value; null if it is not constant or names something that is not known. */
export function constantValue(program: Program, node: Ast, scope: Scope | null): bigint | null {
  const body = bodyFor(program, scope);
  try {
    return body.dry(() => expression(body, node).constant) ?? null;
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** The type that an expression has; nothing of it is run. Throws a Refusal. */
export function typeOfExpression(program: Program, node: Ast, scope: Scope | null): CType {
  const body = bodyFor(program, scope);
  return body.dry(() => (isPlace(body, node) ? placeOf(body, node) : expression(body, node)).type);
}
