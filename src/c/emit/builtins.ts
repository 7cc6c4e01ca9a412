// SPDX-License-Identifier: GPL-2.0-only
// Which primitives of the kernel have a meaning that no prototype can say? Those that take a place
// or a type, or give back what they are given.

import type { Ast } from '../text/ast.ts';
import type { Body } from './body.ts';
import { accessBuiltins } from './builtins-access.ts';
import { assertionBuiltins } from './builtins-assertion.ts';
import { typeBuiltins } from './builtins-type.ts';
import { valueBuiltins } from './builtins-value.ts';
import type { Value } from './values.ts';

export type Builtin = (body: Body, node: Ast, args: readonly Ast[], name: string) => Value;

let all: ReadonlyMap<string, Builtin> | null = null;

/** The primitive of this name. */
export function builtin(name: string): Builtin | undefined {
  all ??= new Map([
    ...accessBuiltins(),
    ...assertionBuiltins(),
    ...typeBuiltins(),
    ...valueBuiltins(),
  ]);
  return all.get(name);
}
