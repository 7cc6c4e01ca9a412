// SPDX-License-Identifier: GPL-2.0-only
// What does the install of a new set look like? A publication, with the increments of its number
// before and after. Operators on the order of the install share these questions.

import type { Node, Statement } from 'ts-morph';
import {
  addLiterals,
  amountLike,
  callStatements,
  type Increment,
  incrementsIn,
  PUBLISH,
  siblings,
} from './statements.ts';

/** `rcu_assign_pointer(kvm.$.memslots, slots);` */
export interface Publication {
  readonly statement: Statement;
  /** The field that is published, such as `kvm.memslots`. */
  readonly field: string;
  /** What becomes visible, such as `slots`. */
  readonly object: string;
}

export function publications(node: Node): Publication[] {
  return callStatements(node, PUBLISH).flatMap(({ statement, call }) => {
    const [address, value] = call.getArguments();
    if (address === undefined || value === undefined) return [];
    const field = address.getText().replace('.$.', '.');
    return [{ statement, field, object: value.getText() }];
  });
}

/** Two increments of one field, with a publication between them in the same block. */
export interface IncrementPair {
  readonly first: Increment;
  readonly second: Increment;
  /** The literal of both together. */
  readonly both: string;
}

export function incrementPairs(node: Node): IncrementPair[] {
  const increments = incrementsIn(node);
  return publications(node).flatMap(({ statement, object }) => {
    const all = siblings(statement);
    const at = all.indexOf(statement);
    const own = increments.filter((increment) => increment.object === object);
    const before = own.filter((i) => all.slice(0, at).includes(i.statement));
    const after = own.filter((i) => all.slice(at).includes(i.statement));
    return before.flatMap((first) => {
      const second = after.find((increment) => increment.field === first.field);
      const both = second === undefined ? null : sum(first, second);
      return second === undefined || both === null ? [] : [{ first, second, both }];
    });
  });
}

function sum(first: Increment, second: Increment): string | null {
  const a = amountLike(first.amount, second.amount);
  const b = amountLike(second.amount, first.amount);
  return a === null || b === null ? null : addLiterals(a, b);
}
