// SPDX-License-Identifier: GPL-2.0-only
// WARN_ON(), BUG_ON() and their forms: events of the run. Assertions of the build are noted when
// they do not hold, as layouts may be guesses.

import { type Ast, refuse } from '../text/ast.ts';
import { constantValue } from '../types/constants.ts';
import { INT, VOID, ZERO } from '../types/types.ts';
import type { Body } from './body.ts';
import type { Builtin } from './builtins.ts';
import { js } from './emit.ts';
import { expression } from './expressions.ts';
import { conditionOf, constantOf, type Value } from './values.ts';

const WARNINGS = [
  'WARN_ON',
  'WARN_ON_ONCE',
  'WARN',
  'WARN_ONCE',
  'WARN_TAINT',
  'KVM_BUG_ON',
  'KVM_BUG',
  'KVM_BUG_ON_DATA_CORRUPTION',
];

/** Assertions that only a debugging kernel has, and the macro that makes it one. */
const OPTIONAL: readonly (readonly [string, string])[] = [
  ['KVM_MMU_WARN_ON', 'CONFIG_KVM_PROVE_MMU'],
  ['MMU_WARN_ON', 'MMU_DEBUG'],
  ['ASSERT', 'DEBUG'],
  ['VM_WARN_ON', 'CONFIG_DEBUG_VM'],
  ['VM_WARN_ON_ONCE', 'CONFIG_DEBUG_VM'],
];

const BUILD = ['BUILD_BUG_ON', 'BUILD_BUG_ON_MSG', 'BUILD_BUG_ON_NOT_POWER_OF_2'];

export function assertionBuiltins(): (readonly [string, Builtin])[] {
  return [
    ...WARNINGS.map((name) => [name, warn] as const),
    ...OPTIONAL.map(([name, macro]) => [name, optional(macro)] as const),
    ...BUILD.map((name) => [name, atBuild(false)] as const),
    ['static_assert', atBuild(true)],
    ['_Static_assert', atBuild(true)],
    ['BUILD_BUG_ON_ZERO', () => constantOf(ZERO, INT)],
    ['BUILD_BUG_ON_INVALID', () => ({ type: VOID, code: js`0` })],
    ['BUG', bug],
    ['BUG_ON', bugOn],
    [
      'VM_BUG_ON',
      (body, node, args, name) =>
        body.program.unit.macros.has('CONFIG_DEBUG_VM') ? bugOn(body, node, args, name) : nothing,
    ],
  ];
}

const nothing: Value = { type: VOID, code: js`0` };

function tested(body: Body, node: Ast, args: readonly Ast[], name: string) {
  const arg = args[0] ?? refuse(node, `${name}() of nothing`);
  return conditionOf(expression(body, arg), arg);
}

const warn: Builtin = (body, node, args, name) => {
  const test = tested(body, node, args, name);
  const code = js`m.warn(${body.site(node, 'warn', name)},${test})`;
  return { type: INT, code };
};

const optional =
  (macro: string): Builtin =>
  (body, node, args, name) => {
    if (body.program.unit.macros.has(macro)) return warn(body, node, args, name);
    return constantOf(ZERO, INT);
  };

const bug: Builtin = (body, node, _args, name) => ({
  type: VOID,
  code: js`m.bug(${body.site(node, 'bug', name)})`,
});

const bugOn: Builtin = (body, node, args, name) => {
  const test = tested(body, node, args, name);
  return { type: VOID, code: js`((${test})?m.bug(${body.site(node, 'bug', name)}):0)` };
};

const atBuild =
  (mustHold: boolean): Builtin =>
  (body, node, args, name) => {
    const value = args[0] === undefined ? null : constantValue(body.program, args[0], body);
    const isBroken = value !== null && (value !== ZERO) !== mustHold;
    const where = `${node.file}:${node.line}`;
    if (isBroken) body.program.notes.add(`${where}: ${name}() does not hold for these layouts`);
    if (value === null) body.program.notes.add(`${where}: ${name}() is not checked`);
    return nothing;
  };
