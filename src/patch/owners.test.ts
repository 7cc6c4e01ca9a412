// SPDX-License-Identifier: GPL-2.0-only
// Does a changed line belong to the function that it stands in, with and without the tree?

import { expect, test } from 'vitest';
import { bytesOf, DIFF, FILE } from './fixtures.ts';
import { ownedByTree, ownedLines, ownerOfHeading, ownersOfFile } from './owners.ts';
import { readPatches } from './read.ts';
import type { HunkLine } from './values.ts';

const KINDS = { ' ': 'context', '+': 'added', '-': 'removed' } as const;

/** Owners of the changed lines of a hunk, `?` behind those that are guessed. */
function owners(heading: string, ...lines: readonly string[]): string[] {
  const all = lines.map(
    (line): HunkLine => ({
      kind: KINDS[line[0] as ' '],
      text: line.slice(1),
      isUnended: false,
    }),
  );
  return ownedLines({ heading, lines: all }).map(({ owner }) =>
    owner === null ? '-' : `${owner.name}${owner.isGuessed ? '?' : ''}`,
  );
}

const HEADING = 'static int first(struct kvm *kvm)';

test('the heading owns the lines until its function ends', () => {
  expect(owners(HEADING, ' \ta();', '-\tb();', ' }', ' ', '+/* c */')).toEqual(['first?', '-']);
});

test('a comment in column 0 belongs to no function before it', () => {
  expect(owners(HEADING, ' /*', '- * Words.', '+ * Other words.', ' */')).toEqual(['-', '-']);
  expect(owners(HEADING, ' \t/* words', '-\t * more */', '-\ta();')).toEqual(['first?', 'first?']);
});

test('a function that begins within the hunk owns its own lines', () => {
  expect(
    owners(
      HEADING,
      ' \ta();',
      ' }',
      ' EXPORT_SYMBOL_GPL(first);',
      ' ',
      ' static struct slots *',
      ' second(struct kvm *kvm,',
      '+\tint more)',
      ' {',
      '-\tb();',
      ' }',
      '+int third(void);',
    ),
  ).toEqual(['second', 'second', '-']);
});

test('a macro owns its own lines, and those that backslashes join to it', () => {
  expect(
    owners(
      'enum { A };',
      '-#define ONE	1',
      '+#define ONE	2',
      ' #define TWO(x) \\',
      '+	(x + 1) + \\',
      '+	0',
      '+static int three;',
    ),
  ).toEqual(['ONE', 'ONE', 'TWO', 'TWO', '-']);
});

test('both sides have their own owner where a function changes its name', () => {
  expect(
    owners('', '-static int one(void)', '+static int two(void)', ' {', '-\ta();', '+\tb();', ' }'),
  ).toEqual(['one', 'two', 'one', 'two']);
});

test('a declaration over several lines owns nothing behind it', () => {
  expect(owners('', ' int one(int a,', ' \tint b);', '+int two;')).toEqual(['-']);
});

test('a struct owns its fields', () => {
  expect(owners('struct kvm_memslots {', ' \tu64 generation;', '+\tint used;', ' };')).toEqual(
    ['used'].map(() => 'kvm_memslots?'),
  );
});

test.each([
  ['struct kvm_memory_slot *id_to_memslot(struct kvm_memslots *slots, int id)', 'id_to_memslot'],
  ['static inline bool __must_check f(void)', 'f'],
  ['EXPORT_SYMBOL_GPL(kvm_get_kvm);', null],
  ['DEFINE_MUTEX(kvm_lock)', null],
  ['static const struct file_operations ops = {', null],
  ['out:', null],
  ['', null],
])('the heading %j names %j', (heading, name) => {
  expect(ownerOfHeading(heading)?.name ?? null).toBe(name);
});

test('in a whole file every line has the owner that it stands in', () => {
  const lines = FILE.split('\n');
  const found = ownersOfFile(FILE).map((owner, i) => `${owner?.name ?? '-'}: ${lines[i]}`);
  const names = [...new Set(found.map((line) => line.slice(0, line.indexOf(':'))))];
  expect(names).toEqual([
    '-',
    'MINI_STEP',
    'MINI_MASK',
    'mini_slots',
    'mini_publish',
    'install_new_memslots',
    'mini_generation',
  ]);
  expect(found).toContain('install_new_memslots: \tslots->generation++;');
  expect(found).toContain('-: EXPORT_SYMBOL_GPL(install_new_memslots);');
});

test('with the tree the first owner is what stands there, whatever the heading says', () => {
  const lied = DIFF.replace(/@@ static .*/, '@@ static int another(void)');
  const [file] = readPatches(bytesOf(lied), 'test')[0]!.files;
  const owner = (change: typeof file) => ownedLines(change!.hunks[0]!)[0]!.owner;
  expect(owner(file)).toMatchObject({ name: 'another', isGuessed: true });
  const known = ownedByTree(file!, FILE);
  expect(owner(known)).toMatchObject({ name: 'install_new_memslots', isGuessed: false });
});
