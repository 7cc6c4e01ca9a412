// SPDX-License-Identifier: GPL-2.0-only
// READ_ONCE() and its like: loads and stores that say in the kind of their site which order they
// ask for, barriers, and the operations that load and store in one step.

import { type Ast, refuse } from '../text/ast.ts';
import type { SiteKind } from '../translation.ts';
import { spelled, VOID } from '../types/types.ts';
import { loadAs, storeAs } from './accesses.ts';
import type { Body } from './body.ts';
import type { Builtin } from './builtins.ts';
import { type Code, int, js } from './emit.ts';
import { expression } from './expressions.ts';
import { addressOf, isPlace, type Place, placeOf, pointee } from './places.ts';
import { convert, type Value } from './values.ts';

const LOADS: readonly (readonly [string, SiteKind])[] = [
  ['READ_ONCE', 'once'],
  ['ACCESS_ONCE', 'once'],
  ['rcu_access_pointer', 'once'],
  ['rcu_dereference', 'dereference'],
  ['rcu_dereference_raw', 'dereference'],
  ['rcu_dereference_raw_check', 'dereference'],
  ['rcu_dereference_check', 'dereference'],
  ['rcu_dereference_bh', 'dereference'],
  ['rcu_dereference_sched', 'dereference'],
  ['srcu_dereference', 'dereference'],
  ['srcu_dereference_check', 'dereference'],
  ['srcu_dereference_notrace', 'dereference'],
  // The lock that it names keeps others away: an ordinary load.
  ['rcu_dereference_protected', 'plain'],
];

const STORES: readonly (readonly [string, SiteKind])[] = [
  ['WRITE_ONCE', 'once'],
  ['RCU_INIT_POINTER', 'once'],
  ['rcu_assign_pointer', 'release'],
];

const FENCES: readonly (readonly [string, SiteKind])[] = [
  ['smp_mb', 'fence-full'],
  ['mb', 'fence-full'],
  ['smp_mb__before_atomic', 'fence-full'],
  ['smp_mb__after_atomic', 'fence-full'],
  ['smp_mb__after_srcu_read_unlock', 'fence-full'],
  ['smp_wmb', 'fence-write'],
  ['wmb', 'fence-write'],
  ['smp_rmb', 'fence-read'],
  ['rmb', 'fence-read'],
];

export function accessBuiltins(): (readonly [string, Builtin])[] {
  return [
    ...LOADS.map(([name, kind]) => [name, loader(kind)] as const),
    ...STORES.map(([name, kind]) => [name, storer(kind)] as const),
    ...FENCES.map(([name, kind]) => [name, fence(kind)] as const),
    ['barrier', () => ({ type: VOID, code: js`0` })],
    [
      'smp_load_acquire',
      (body, node, args, name) => loadAs(body, pointed(body, args[0], node), node, 'acquire', name),
    ],
    [
      'smp_store_release',
      (body, node, args, name) => {
        const place = pointed(body, args[0], node);
        return stored(body, place, args[1], node, 'release', name);
      },
    ],
    [
      'smp_store_mb',
      (body, node, args, name) => {
        const value = stored(body, placeAt(body, args[0], node), args[1], node, 'once', name);
        return {
          type: VOID,
          code: js`(${value.code},m.fence(${body.site(node, 'fence-full', name)}))`,
        };
      },
    ],
    ['xchg', xchg],
    ['cmpxchg', cmpxchg],
    ['swap', swap],
  ];
}

const loader =
  (kind: SiteKind): Builtin =>
  (body, node, args, name) => {
    // Further arguments are conditions for lockdep, which are not evaluated.
    const [first] = args;
    if (first === undefined) return refuse(node, `${name}() of nothing`);
    if (!isPlace(body, first)) return expression(body, first);
    return loadAs(body, placeOf(body, first), node, kind, name);
  };

const storer =
  (kind: SiteKind): Builtin =>
  (body, node, args, name) =>
    stored(body, placeAt(body, args[0], node), args[1], node, kind, name);

const fence =
  (kind: SiteKind): Builtin =>
  (body, node, _args, name) => ({
    type: VOID,
    code: js`m.fence(${body.site(node, kind, name)})`,
  });

function placeAt(body: Body, arg: Ast | undefined, node: Ast): Place {
  return placeOf(body, arg ?? refuse(node, 'a place is missing'));
}

function pointed(body: Body, arg: Ast | undefined, node: Ast): Place {
  return pointee(expression(body, arg ?? refuse(node, 'a pointer is missing')), node);
}

function stored(
  body: Body,
  place: Place,
  arg: Ast | undefined,
  node: Ast,
  kind: SiteKind,
  name: string,
): Value {
  const value = expression(body, arg ?? refuse(node, 'a value is missing'));
  return { type: VOID, code: storeAs(body, place, value, node, false, kind, name).code };
}

/** How wide an exchange is: 0 for a pointer. */
function bitsOf(place: Place, node: Ast): number {
  const { type } = place;
  if (type.kind === 'pointer') return 0;
  if (type.kind !== 'int' || (place.kind === 'memory' && place.bits !== null))
    return refuse(node, `an exchange of ${spelled(type)}`);
  return type.bits;
}

/** A value brought into the type of a place. */
function fitting(body: Body, place: Place, arg: Ast | undefined, node: Ast): Code {
  const value = expression(body, arg ?? refuse(node, 'a value is missing'));
  return convert(value, place.type, node, () => body.site(node, 'fault')).code;
}

const xchg: Builtin = (body, node, args, name) => {
  const place = pointed(body, args[0], node);
  const bits = int(bitsOf(place, node));
  const at = addressOf(place, node);
  const site = body.site(node, 'once', name);
  const code = js`m.xchg(${site},${bits},${at},${fitting(body, place, args[1], node)})`;
  return { type: place.type, code };
};

const cmpxchg: Builtin = (body, node, args, name) => {
  const place = pointed(body, args[0], node);
  const bits = int(bitsOf(place, node));
  const at = addressOf(place, node);
  const site = body.site(node, 'once', name);
  const old = fitting(body, place, args[1], node);
  const code = js`m.cmpxchg(${site},${bits},${at},${old},${fitting(body, place, args[2], node)})`;
  return { type: place.type, code };
};

/** swap(a, b): both are loaded, then both are stored. */
const swap: Builtin = (body, node, args) => {
  const [a, b] = [placeAt(body, args[0], node), placeAt(body, args[1], node)];
  const [x, y] = [body.temporary(a.type, node), body.temporary(b.type, node)];
  const first = loadAs(body, a, node, 'plain', '');
  const second = loadAs(body, b, node, 'plain', '');
  const kept = (value: Value, code: Code): Value => ({ type: value.type, code });
  const one = storeAs(body, a, kept(second, y), node, false).code;
  const two = storeAs(body, b, kept(first, x), node, false).code;
  return { type: VOID, code: js`(${x}=${first.code},${y}=${second.code},${one},${two})` };
};
