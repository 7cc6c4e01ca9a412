// SPDX-License-Identifier: GPL-2.0-only
// What do `=`, `+=` and `++` do? `x += n` and `x++` are a load and then a store, as the kernel's
// plain accesses are.

import { type Ast, needed, refuse } from '../text/ast.ts';
import { INT, ONE } from '../types/types.ts';
import { loadAs, storeAs } from './accesses.ts';
import type { Body } from './body.ts';
import { type Code, js } from './emit.ts';
import { expression, operated } from './expressions.ts';
import { addressCode, type Place, placeOf } from './places.ts';
import { constantOf, convert, type Value } from './values.ts';

/** `place = value` and `place op= value`. */
export function assigned(body: Body, node: Ast, isUsed: boolean): Value {
  const operator = needed(node, 'operator').kind;
  const left = placeOf(body, needed(node, 'left'));
  const right = needed(node, 'right');
  if (operator === '=') return storeAs(body, left, expression(body, right), node, isUsed);
  if (!/^([-+*/%&|^]|<<|>>)=$/.test(operator))
    return refuse(node, `the operator ${operator} is not known`);
  const { place, setUp } = pinned(body, left, node);
  const old = loadAs(body, place, node, 'plain', '');
  const value = operated(body, operator.slice(0, -1), old, expression(body, right), node);
  return after(setUp, storeAs(body, place, value, node, isUsed));
}

/** `++place`, `place++` and with `--`. */
export function updated(body: Body, node: Ast, isUsed: boolean): Value {
  const operator = needed(node, 'operator');
  const argument = needed(node, 'argument');
  const isPostfix = node.children.indexOf(operator) > node.children.indexOf(argument);
  const { place, setUp } = pinned(body, placeOf(body, argument), node);
  const old = loadAs(body, place, node, 'plain', '');
  const sign = operator.kind === '++' ? '+' : '-';
  const one = constantOf(ONE, INT);
  if (!isPostfix || !isUsed)
    return after(setUp, storeAs(body, place, operated(body, sign, old, one, node), node, isUsed));
  const kept = body.temporary(old.type, node);
  const known: Value = { type: old.type, code: kept };
  const stored = storeAs(body, place, operated(body, sign, known, one, node), node, false);
  const value = after(setUp, {
    type: old.type,
    code: js`(${kept}=${old.code},${stored.code},${kept})`,
  });
  return convert(value, old.type, node, () => body.site(node, 'fault'));
}

/** A place whose address is found once. */
export function pinned(
  body: Body,
  place: Place,
  node: Ast,
): { readonly place: Place; readonly setUp: Code | null } {
  if (place.kind === 'variable' || place.base === null || /^[lp]\d*$/.test(place.base))
    return { place, setUp: null };
  const at = body.temporary(INT, node);
  const setUp = js`${at}=${addressCode(place)}`;
  return { place: { ...place, base: at, offset: 0 }, setUp };
}

/** A value after something else was done. */
export function after(setUp: Code | null, value: Value): Value {
  return setUp === null ? value : { type: value.type, code: js`(${setUp},${value.code})` };
}
