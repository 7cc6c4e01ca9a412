// SPDX-License-Identifier: GPL-2.0-only
// What if a function that is asked gives one answer always?

import { SyntaxKind } from 'ts-morph';
import type { Place } from './mutant.ts';
import type { Scope } from './port.ts';
import { replaceNode } from './statements.ts';

/** What compares a tag with the number of now. */
const MATCHES_GENERATION = /^(vcpu_match_mmio_gen|check_mmio_spte)$/;

/** The last `return` of a function that compares generations, with `answer` instead. */
export function generationMatchIs(answer: 'true' | 'false', { name, node }: Scope): Place[] {
  const last = node.getDescendantsOfKind(SyntaxKind.ReturnStatement).at(-1)?.getExpression();
  if (!MATCHES_GENERATION.test(name) || last === undefined) return [];
  return [{ changes: [replaceNode(last, answer)], description: `${name}() is always ${answer}` }];
}
