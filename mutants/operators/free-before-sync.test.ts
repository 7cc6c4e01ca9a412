// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOfFile } from '#mutation/mutants-of';
import { operator } from './free-before-sync.ts';

const IMPORT = "import { kfree, kmemdup } from '#linux/slab'; ";

test('free-before-sync frees the set that is returned, and returns a copy', () => {
  const text = 'function f() { rcu_assign_pointer(k.$.s, a); synchronize_srcu(k); return old; }';
  expect(mutantsOfFile(operator, IMPORT + text)).toEqual([
    `${IMPORT}function f() { rcu_assign_pointer(k.$.s, a); ` +
      'const copy = kmemdup(old)!; kfree(old); synchronize_srcu(k); return copy; }',
  ]);
});

test('free-before-sync needs a publication before, and something to return', () => {
  const text = 'function f() { synchronize_srcu(k); return old; }';
  expect(mutantsOfFile(operator, text)).toEqual([]);
  const nothing = 'function f() { rcu_assign_pointer(k.$.s, a); synchronize_srcu(k); }';
  expect(mutantsOfFile(operator, nothing)).toEqual([]);
});
