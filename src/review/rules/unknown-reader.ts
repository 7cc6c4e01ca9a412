// SPDX-License-Identifier: GPL-2.0-only
// Who else compares the memslots generation now? Every cache that is tagged with it needs unique
// numbers, and a rule for the time of an update. Four kinds of readers are known; a fifth is news.

import { countOf } from '../code.ts';
import { GENERATION_USERS, namesOf } from '../moved-names.ts';
import { ask, type Context, type Rule } from '../rule.ts';
import { placeOf, type Side } from '../sides.ts';
import type { Row } from '../values.ts';

/** A read or a write of the field, of something that may be memslots. */
const FIELD = /(slots\w{0,40}(\([^()]{0,40}\))?|memslots\[[^\]]{0,40}\])(->|\.)generation\b/;

export const rule: Rule = {
  name: 'unknown-reader',
  summary: 'a function looks at the memslots generation that no scenario knows as its reader',
  rows: ({ sides }: Context): Row[] => sides.flatMap((side) => rowsOf(side, sides)),
};

function rowsOf(side: Side, sides: readonly Side[]): Row[] {
  const { owner, added, removed } = side;
  if (owner?.kind !== 'function') return [];
  if (namesOf(owner.name).some((name) => GENERATION_USERS.has(name))) return [];
  if (countOf(added, FIELD) <= countOf(removed, FIELD)) return [];
  // A function that only got another name, or another file, reads no more than before.
  const all = sides.reduce((sum, one) => sum + countOf(one.added, FIELD), 0);
  const gone = sides.reduce((sum, one) => sum + countOf(one.removed, FIELD), 0);
  if (all <= gone) return [];
  return [
    ask(
      'unknown-reader',
      `${owner.name}() reads the memslots generation: a new cache that is tagged with it, ` +
        'which no scenario covers',
      'What happens to what this caches while an update is in progress, and when the generation ' +
        'wraps? Is the number read before or after the memslots are looked up?',
      placeOf(side, FIELD, 'added'),
    ),
  ];
}
