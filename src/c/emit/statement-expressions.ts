// SPDX-License-Identifier: GPL-2.0-only
// What is GNU's `({ int a = f(); g(a); a; })`? Declarations and expressions one after the other,
// with the value of the last. Control flow inside is refused.

import { type Ast, inner, refuse } from '../text/ast.ts';
import { VOID } from '../types/types.ts';
import type { Body } from './body.ts';
import { type Code, inOne, js, NOTHING, sequence } from './emit.ts';
import { expression, forEffect } from './expressions.ts';
import { declaration } from './locals.ts';
import type { Value } from './values.ts';

export function statementExpression(body: Body, node: Ast): Value {
  const statements = inner(node);
  return body.block(() => {
    const codes: Code[] = [];
    let value: Value = { type: VOID, code: js`0` };
    for (const [i, statement] of statements.entries()) {
      if (statement.kind === 'declaration') {
        codes.push(declaration(body, statement));
        continue;
      }
      if (statement.kind !== 'expression_statement')
        return refuse(statement, 'a statement expression with more than plain expressions');
      const [only] = inner(statement);
      if (only === undefined) continue;
      if (i === statements.length - 1) value = expression(body, only);
      else codes.push(js`${forEffect(body, only).code};`);
    }
    const before = sequence(codes);
    if (before === NOTHING) return value;
    return { type: value.type, code: js`(${inOne(before)},${value.code})` };
  });
}
