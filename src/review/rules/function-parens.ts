// SPDX-License-Identifier: GPL-2.0-only
// Are functions written as functions in the changelog?

import { type Context, type Rule, say } from '../rule.ts';
import type { Row } from '../values.ts';

export const rule: Rule = {
  name: 'function-parens',
  summary: 'the changelog names a changed function without parentheses',
  rows: ({ patch, sides }: Context): Row[] => {
    const names = sides.flatMap(({ owner }) => (owner?.kind === 'function' ? [owner.name] : []));
    const words: readonly string[] =
      `${patch.subject}\n${patch.changelog}`.match(/[A-Za-z_]\w+\(?/g) ?? [];
    const bare = [...new Set(names)].filter((name) => name.includes('_') && words.includes(name));
    if (bare.length === 0) return [];
    const list = bare.map((name) => `${name}()`).join(', ');
    return [say('note', 'function-parens', `the changelog means ${list}`)];
  },
};
