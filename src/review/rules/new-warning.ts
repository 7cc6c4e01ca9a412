// SPDX-License-Identifier: GPL-2.0-only
// Can a guest, or userspace, reach a warning that is new? Kernels are run that panic on one.

import { countOf } from '../code.ts';
import { type Context, type Rule, say } from '../rule.ts';
import type { Row } from '../values.ts';

const WARNING =
  /\b(WARN|WARN_ON|WARN_ON_ONCE|WARN_ONCE|BUG|BUG_ON|KVM_BUG|KVM_BUG_ON|KVM_MMU_WARN_ON)\(/;

export const rule: Rule = {
  name: 'new-warning',
  summary: 'a WARN or BUG is added, which a guest or userspace must not reach',
  rows: ({ sides }: Context): Row[] => {
    const names = sides
      .filter(({ owner, added, removed }) => {
        return owner !== null && countOf(added, WARNING) > countOf(removed, WARNING);
      })
      .map(({ owner }) => `${owner!.name}()`);
    if (names.length === 0) return [];
    const list = [...new Set(names)].join(', ');
    return [say('human', 'no-kernel-warning', `can guest or host reach the warning in ${list}?`)];
  },
};
