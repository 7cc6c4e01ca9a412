// SPDX-License-Identifier: GPL-2.0-only
// Is an access that others race with still marked? READ_ONCE(), rcu_dereference() and
// rcu_assign_pointer() are what keeps a compiler from loading twice and a store from passing those
// before it; a model that is sequentially consistent cannot miss them, so the text is looked at.

import { countOf } from '../code.ts';
import { ask, type Context, type Rule } from '../rule.ts';
import { placeOf, type Side } from '../sides.ts';
import type { Row } from '../values.ts';

interface Marking {
  readonly word: RegExp;
  readonly name: string;
  readonly question: string;
}

const MARKINGS: readonly Marking[] = [
  {
    word: /\brcu_assign_pointer\(/,
    name: 'rcu_assign_pointer()',
    question:
      'What orders the stores to the new object before the store of its pointer? A reader could ' +
      'see the pointer first.',
  },
  {
    word: /\b(s?rcu_dereference\w*)\(/,
    name: 'rcu_dereference()',
    question: 'What keeps the compiler from loading the pointer a second time?',
  },
  {
    word: /\bREAD_ONCE\(/,
    name: 'READ_ONCE()',
    question: 'Can the value change between two loads that the compiler may make of this one?',
  },
  {
    word: /\bWRITE_ONCE\(/,
    name: 'WRITE_ONCE()',
    question: 'Can a reader see half of this store, or the store too early?',
  },
  {
    word: /\bsmp_(store_release|load_acquire|wmb|rmb|mb\w*)\(/,
    name: 'a memory barrier',
    question: 'Which accesses did the barrier order, and what orders them now?',
  },
  {
    word: /\bs?rcu_read_lock\(/,
    name: 'a read-side section',
    question: 'Who keeps the memslots alive here, if not kvm->srcu or slots_lock?',
  },
];

export const rule: Rule = {
  name: 'marking-dropped',
  summary: 'READ_ONCE(), rcu_assign_pointer(), a barrier or a read-side section is gone',
  rows: ({ sides }: Context): Row[] =>
    MARKINGS.flatMap((marking) => sides.flatMap((side) => rowsOf(marking, side, sides))),
};

function rowsOf({ word, name, question }: Marking, side: Side, sides: readonly Side[]): Row[] {
  if (side.owner === null || isWholeGone(side)) return [];
  const change = ({ added, removed }: Side) => countOf(added, word) - countOf(removed, word);
  // What moves to another function of the patch is not gone.
  if (change(side) >= 0 || sides.reduce((sum, one) => sum + change(one), 0) >= 0) return [];
  const text = `${side.owner.name}() does without ${name} what it did with it`;
  return [ask('marking-dropped', text, question, placeOf(side, word, 'removed'))];
}

/** The function itself is removed, head and all: it does nothing any more. */
function isWholeGone({ owner, lines, added }: Side): boolean {
  const isHead = new RegExp(`^[A-Za-z_].*\\b${owner!.name}\\(`);
  return added === '' && lines.some(({ text, kind }) => kind === 'removed' && isHead.test(text));
}
