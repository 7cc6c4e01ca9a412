// SPDX-License-Identifier: GPL-2.0-only
// Does a new barrier say what it pairs with? The kernel asks for a comment at each.

import { codeOf } from '../code.ts';
import { type Context, type Rule, say } from '../rule.ts';
import type { Side } from '../sides.ts';
import type { Row } from '../values.ts';

const BARRIER = /\bsmp_(mb|rmb|wmb|store_release|load_acquire|mb__\w+)\(/;

export const rule: Rule = {
  name: 'barrier-comment',
  summary: 'a memory barrier is added without a comment',
  rows: ({ sides }: Context): Row[] => {
    const bare = sides.filter(isBare).map(({ owner }) => `${owner?.name ?? '?'}()`);
    if (bare.length === 0) return [];
    return [say('note', 'barrier-comment', `a barrier without a comment in ${bare.join(', ')}`)];
  },
};

function isBare({ lines, removed }: Side): boolean {
  if (BARRIER.test(removed)) return false;
  return lines.some(({ kind, text, hunk }) => {
    if (kind !== 'added' || !BARRIER.test(codeOf([text])) || /\/[*/]/.test(text)) return false;
    const all = hunk.lines.filter((line) => line.kind !== 'removed').map((line) => line.text);
    const before = all[all.indexOf(text) - 1] ?? '';
    return !/\*\/|^\s*\/\//.test(before);
  });
}
