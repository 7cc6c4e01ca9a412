// SPDX-License-Identifier: GPL-2.0-only
// What is `a ? b : c`, and GNU's `a ?: c`? Both arms are brought to one type.

import { type Ast, needed, part, refuse } from '../text/ast.ts';
import { type CType, common, sameType, spelled, VOID, ZERO } from '../types/types.ts';
import type { Body } from './body.ts';
import { js } from './emit.ts';
import { expression } from './expressions.ts';
import { isPointer } from './pointers.ts';
import { conditionOf, convert, isInt, type Value } from './values.ts';

export function conditional(body: Body, node: Ast): Value {
  const test = expression(body, needed(node, 'condition'));
  const alternative = needed(node, 'alternative');
  const consequence = part(node, 'consequence');
  const site = () => body.site(node, 'fault');
  if (consequence === null)
    return elvis(
      body,
      test,
      body.maybe(() => expression(body, alternative)),
      node,
    );
  if (test.constant !== undefined) {
    const [live, dead] =
      test.constant !== ZERO ? [consequence, alternative] : [alternative, consequence];
    // The arm that is never evaluated still has a say in the type.
    const other = body.dry(() => expression(body, dead));
    const value = expression(body, live);
    return convert(value, together(value, other, node), node, site);
  }
  const first = body.maybe(() => expression(body, consequence));
  const second = body.maybe(() => expression(body, alternative));
  const type = together(first, second, node);
  const [a, b] = [convert(first, type, node, site), convert(second, type, node, site)];
  return { type, code: js`((${conditionOf(test, node)})?${a.code}:${b.code})` };
}

function elvis(body: Body, test: Value, other: Value, node: Ast): Value {
  const site = () => body.site(node, 'fault');
  const type = together(test, other, node);
  if (test.constant !== undefined)
    return convert(test.constant !== ZERO ? test : other, type, node, site);
  const kept = body.temporary(test.type, node);
  const known: Value = { type: test.type, code: kept };
  const [a, b] = [convert(known, type, node, site), convert(other, type, node, site)];
  const code = js`((${kept}=${test.code},${conditionOf(known, node)})?${a.code}:${b.code})`;
  return { type, code };
}

/** The type of a choice between two values. */
export function together(a: Value, b: Value, node: Ast): CType {
  if (isInt(a) && isInt(b)) return common(a.type, b.type);
  if (a.type.kind === 'void' || b.type.kind === 'void') return VOID;
  if (isPointer(a) && isInt(b) && b.constant === ZERO) return a.type;
  if (isPointer(b) && isInt(a) && a.constant === ZERO) return b.type;
  if (isPointer(a) && isPointer(b)) {
    if (sameType(a.type.to, b.type.to)) return a.type;
    if (a.constant === ZERO) return b.type;
    if (b.constant === ZERO) return a.type;
    if (a.type.to.kind === 'void') return a.type;
    if (b.type.to.kind === 'void') return b.type;
  }
  if (a.type.kind === 'record' && sameType(a.type, b.type)) return a.type;
  return refuse(node, `a choice between ${spelled(a.type)} and ${spelled(b.type)}`);
}
