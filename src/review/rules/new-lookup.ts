// SPDX-License-Identifier: GPL-2.0-only
// Where are memslots looked up that were not before? Somebody must see that a read-side section or
// slots_lock is held there, which a hunk does not show.

import { countOf } from '../code.ts';
import { type Context, type Rule, say } from '../rule.ts';
import type { Row } from '../values.ts';

const LOOKUP = /\b(\w{0,40}gfn_to_(memslot|hva|pfn|page)\w{0,40}|(__)?kvm_(vcpu_)?memslots)\(/;
const PROTECTED =
  /\b(srcu_read_lock|kvm_vcpu_srcu_read_lock|lockdep_assert_held|mutex_lock\(&kvm->slots_lock)/;

export const rule: Rule = {
  name: 'new-lookup',
  summary: 'memslots are looked up where the hunk shows neither kvm->srcu nor slots_lock',
  rows: ({ sides }: Context): Row[] => {
    const names = sides
      .filter(({ owner, added, removed, after, nature }) => {
        if (owner?.kind !== 'function' || nature !== 'code') return false;
        return countOf(added, LOOKUP) > countOf(removed, LOOKUP) && !PROTECTED.test(after);
      })
      .map(({ owner }) => `${owner!.name}()`);
    if (names.length === 0) return [];
    const list = [...new Set(names)].join(', ');
    return [say('human', 'protected-access', `is kvm->srcu or slots_lock held in ${list}?`)];
  },
};
