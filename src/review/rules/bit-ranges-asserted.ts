// SPDX-License-Identifier: GPL-2.0-only
// Do masks and shifts of SPTEs still fit together? Generation, gfn, access and kind share 64 bits:
// what moves one of them needs an assertion that they do not overlap, and the round trip anew.

import { ask, type Context, type Rule } from '../rule.ts';
import { placeOf, type Side } from '../sides.ts';
import type { Row } from '../values.ts';

const MACROS = [
  /^MMIO_(SPTE_)?\w*(GEN|MASK|SHIFT|BITS)\w*$/,
  /^SPTE_\w*(MASK|SHIFT|BIT)\w*$/,
  /^SHADOW_\w*(MASK|LEN)\w*$/,
  /^(FROZEN|REMOVED)_SPTE$/,
];
const ASSERTION = /\b(static_assert|BUILD_BUG_ON\w*)\(/;

export const rule: Rule = {
  name: 'bit-ranges-asserted',
  summary: 'bits of SPTEs move, and no static assertion of the patch speaks of them',
  rows: ({ sides }: Context): Row[] => {
    const moved = sides.filter(isMoved);
    const [first] = moved;
    if (first === undefined) return [];
    const names = moved.map(({ owner }) => owner!.name);
    // An assertion that the patch adds or changes, or that one of its hunks shows.
    const shown = sides.some(
      ({ added, after }) => ASSERTION.test(added) || names.some((name) => asserts(after, name)),
    );
    if (shown) return [];
    return [
      ask(
        'bit-ranges-asserted',
        `${names.join(', ')}: bits of SPTEs move, and no static assertion in the patch says ` +
          'that they stay apart',
        'Do generation, gfn, access and kind bits still not overlap, and does every generation ' +
          'come back from an SPTE? A value of 512 or more tells, under the EPT and the ' +
          'shadow-paging mask.',
        placeOf(first, null, 'added'),
      ),
    ];
  },
};

/** The macro is there before and after, with another value. */
function isMoved({ owner, removed, added, nature }: Side): boolean {
  if (owner?.kind !== 'macro' || !MACROS.some((name) => name.test(owner.name))) return false;
  return nature === 'code' && removed !== '' && added !== '';
}

function asserts(code: string, name: string): boolean {
  const found = ASSERTION.exec(code);
  return found !== null && code.slice(found.index, found.index + 300).includes(name);
}
