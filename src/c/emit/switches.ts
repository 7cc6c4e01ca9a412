// SPDX-License-Identifier: GPL-2.0-only
// What does a switch become? JavaScript's own, on the promoted value; cases fall through as in C.

import { type Ast, inner, needed, part, refuse } from '../text/ast.ts';
import { converted, promoted } from '../types/types.ts';
import type { Body } from './body.ts';
import { big, type Code, int, js, sequence } from './emit.ts';
import { expression, onlyInner } from './expressions.ts';
import { type Flow, statements } from './statements.ts';
import { convert, isInt } from './values.ts';

export function switchStatement(body: Body, node: Ast, flow: Flow): Code {
  const test = expression(body, onlyInner(needed(node, 'condition')));
  if (!isInt(test)) return refuse(node, 'a switch on something that is no integer');
  const type = promoted(test.type);
  const value = convert(test, type, node, () => body.site(node, 'fault'));
  const seen = new Set<string>();
  const codes = body.block(() =>
    inner(needed(node, 'body')).map((child) => {
      if (child.kind !== 'case_statement')
        return refuse(child, 'a statement of a switch before its first case');
      const label = part(child, 'value');
      const key = label === null ? null : caseValue(body, label);
      const exact = key === null ? null : converted(key, type);
      if (seen.has(`${exact}`)) return refuse(child, 'two cases of a switch are the same');
      seen.add(`${exact}`);
      const rest = inner(child).filter((statement) => statement !== label);
      // A case may be come to from the switch itself or from the case before.
      const inside = body.maybe(() => statements(body, rest, flow));
      if (exact === null) return js`default:${inside}`;
      return js`case ${type.bits === 64 ? big(exact) : int(Number(exact))}:${inside}`;
    }),
  );
  return js`switch(${value.code}){${sequence(codes)}}`;
}

function caseValue(body: Body, node: Ast): bigint {
  const { constant } = expression(body, node);
  return constant ?? refuse(node, 'a case that is no constant');
}
