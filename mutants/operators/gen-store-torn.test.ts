// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOfFile } from '#mutation/mutants-of';
import { operator } from './gen-store-torn.ts';

const file = (body: string) =>
  mutantsOfFile(operator, `import { u64 } from '#linux/types'; function f() { ${body} }`).map(
    (text) => text.slice(text.indexOf('a.gen = b.gen')),
  );

test('gen-store-torn stores the final number in two halves, in either order', () => {
  expect(file('a.gen = b.gen + 1n; rcu_assign_pointer(k.$.s, a); a.gen++;')).toEqual([
    'a.gen = b.gen + 1n; rcu_assign_pointer(k.$.s, a); { const next = u64(a.gen + 1n); ' +
      'a.gen = (next & 0xffff_ffffn) | (a.gen & ~0xffff_ffffn); a.gen = next; } }',
    'a.gen = b.gen + 1n; rcu_assign_pointer(k.$.s, a); { const next = u64(a.gen + 1n); ' +
      'a.gen = (next & ~0xffff_ffffn) | (a.gen & 0xffff_ffffn); a.gen = next; } }',
  ]);
});

test('gen-store-torn leaves a number alone that nobody sees yet', () => {
  expect(file('a.gen = b.gen + 1n; rcu_assign_pointer(k.$.s, a); b.gen++;')).toEqual([]);
});
