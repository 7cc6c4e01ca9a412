// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { fingerprintsOf } from './fingerprints.ts';

const FILE = `#define LOW 1
#define MASK(x) \\
	((x) & LOW)
struct table { int n; };
#ifdef CONFIG_A
static int first(int a)
{
	return a + MASK(a);
}
#else
static int first(int a) { return 0; }
#endif
int second(void)
{
#ifdef CONFIG_B
	return 1;
#endif
	return 2;
}
`;

const of = (text: string) => fingerprintsOf('toy.c', text);
const changed = (text: string) => {
  const [before, after] = [of(FILE), of(text)];
  return [...before.keys()].filter((name) => before.get(name) !== after.get(name));
};

test('functions, macros and structs have hashes', () => {
  expect([...of(FILE).keys()]).toEqual(['#LOW', '#MASK', 'struct table', 'first', 'second']);
  for (const hash of of(FILE).values()) expect(hash).toMatch(/^[0-9a-f]{16}$/);
});

test('comments, blanks and line breaks change no hash', () => {
  const text = FILE.replace('return a +', '/* a\n comment */ return  a\n+ // more\n\t');
  expect(changed(text)).toEqual([]);
});

test.each([
  ['a macro alone', 'LOW 1', 'LOW 2', ['#LOW']],
  ['a joined line of a macro', '& LOW', '| LOW', ['#MASK']],
  ['one of two definitions', 'return 0', 'return 3', ['first']],
  ['a condition inside a function', 'CONFIG_B', 'CONFIG_C', ['second']],
  ['a member', 'int n;', 'long n;', ['struct table']],
  ['tokens that would be one text', 'return a + MASK', 'returna + MASK', ['first']],
])('%s is told', (_, from, to, names) => {
  expect(FILE).toContain(from);
  expect(changed(FILE.replace(from, to))).toEqual(names);
});
