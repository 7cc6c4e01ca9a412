// SPDX-License-Identifier: GPL-2.0-only
// What do operators ask of the code that keeps slots in order, and of the code that searches them?

import { type BinaryExpression, Node } from 'ts-morph';
import { operatorOf } from './code.ts';

/** Is this the name of a function that puts a slot at its place among the others? */
export function insertsSlots(name: string): boolean {
  return /^(update_memslots|kvm_memslot_(insert|move)_\w+)$/.test(name);
}

/** Does the expression compare the first gfns of two slots, with this operator? */
export function comparesGfns(comparison: BinaryExpression, operator: string): boolean {
  const sides = [comparison.getLeft(), comparison.getRight()];
  return (
    operatorOf(comparison) === operator &&
    sides.every((side) => side.getText().endsWith('.base_gfn'))
  );
}

/** Is the comparison one half of `gfn >= first && gfn < behind`? */
export function isContainment(comparison: BinaryExpression): boolean {
  const chain = comparison.getParent();
  return Node.isBinaryExpression(chain) && operatorOf(chain) === '&&';
}
