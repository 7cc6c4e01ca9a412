// SPDX-License-Identifier: GPL-2.0-only
// What if code runs without its lock? Both ends of the section go; the code stays.

import type { Node } from 'ts-morph';
import { brief } from './code.ts';
import type { Place } from './mutant.ts';
import { type CallStatement, callStatements, drop } from './statements.ts';

/** Each lock of this kind, with the unlocks of the same lock, left out. */
export function withoutLock(node: Node, lock: RegExp, unlock: RegExp): Place[] {
  return callStatements(node, lock).map((taken) => {
    const released = callStatements(node, unlock).filter((call) => lockOf(call) === lockOf(taken));
    return {
      changes: [taken, ...released].map(({ statement }) => drop(statement)),
      description: `${brief(taken.call)} is not called`,
    };
  });
}

function lockOf({ call }: CallStatement): string | undefined {
  return call.getArguments()[0]?.getText();
}
