// SPDX-License-Identifier: GPL-2.0-only
// What is a string literal? Bytes at an address of their own; its text is not in the emitted code.

import { type Ast, refuse } from '../text/ast.ts';
import { bytesOf } from '../types/literals.ts';
import { pointerTo, S8, ZERO } from '../types/types.ts';
import type { Body } from './body.ts';
import { constantOf, type Value } from './values.ts';

/** The bytes of a literal, without the 0 at its end; null if it is no string. */
export function stringBytes(node: Ast): number[] | null {
  if (node.kind === 'concatenated_string')
    return node.children.flatMap((child) => stringBytes(child) ?? []);
  if (node.kind !== 'string_literal') return null;
  const isPlain = node.children.every(({ kind }) =>
    /^(string_content|escape_sequence)$/.test(kind),
  );
  if (!isPlain) return refuse(node, 'a string of wide characters');
  return bytesOf(node, `"${node.children.map(({ text }) => text).join('')}"`);
}

/** A string as a value: the address of its first byte. */
export function stringOf(body: Body, node: Ast): Value {
  const bytes = stringBytes(node) ?? [];
  const type = pointerTo(S8);
  if (body.isDry) return constantOf(ZERO, type);
  return constantOf(BigInt(body.program.globals.string(bytes)), type);
}
