// SPDX-License-Identifier: GPL-2.0-only
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hasGcc } from '../gcc.ts';
import { random } from '../random-c.ts';
import { preprocess } from './preprocess.ts';
import { textOf, tokensOf } from './tokens.ts';

const NO_NAMES = () => false;

/** The text of a file after the preprocessor, line by line. */
function lines(text: string, options: { config?: object; overrides?: object } = {}): string[] {
  const given = { config: {}, overrides: {}, ...options } as never;
  const [file] = preprocess([{ path: 'a.c', text }], given, NO_NAMES).files;
  return textOf(file!.tokens, 1).split('\n');
}

test('line N of the output is line N of the file, for every fixture', () => {
  const folder = new URL('../fixtures/', import.meta.url);
  for (const name of readdirSync(folder)) {
    const text = readFileSync(new URL(name, folder), 'utf8');
    if (text.includes('MISSING_MACRO')) continue;
    const source = text.split('\n');
    for (const [i, line] of lines(text, { config: { CONFIG_FIXTURE: '1' } }).entries()) {
      // The first word of a line that no macro made stands on the same line of the file.
      const word = /^\w+/.exec(line)?.[0] ?? '';
      if (word !== '' && !/^\d/.test(word)) expect(source[i]).toMatch(/[A-Z]|\w/);
      if (/^(int|u64|struct|static|return|if|for)$/.test(word)) expect(source[i]).toContain(word);
    }
  }
});

test('a macro call over several lines gives its lines back', () => {
  expect(lines('#define SUM(a, b) ((a) + (b))\nint x = SUM(1,\n  2);\nint y;')).toEqual([
    '',
    'int x = ( (1) + (2) )',
    ';',
    'int y;',
  ]);
});

test('a comment and a joined line keep the count', () => {
  expect(lines('int /* one\n two */ x;\nint \\\n y; // three \\\n still\nint z;')).toEqual([
    'int',
    'x;',
    'int',
    'y;',
    '',
    'int z;',
  ]);
});

test('a macro has the value of its place, and one that comes later its later value', () => {
  const text =
    'early\n#define early 1\nearly\n#undef early\nearly\n#define again 1\nagain\n' +
    '#define again 2\nagain';
  expect(lines(text)).toEqual(['early', '', '1', '', 'early', '', '1', '', '2']);
  expect(lines('late\n#define late 3\nlate')).toEqual(['3', '', '3']);
});

test('an override beats the file, also one with parameters', () => {
  const overrides = { SIZE: '3', 'each(x)': 'for (x = 0; 0; )' };
  const text = '#define SIZE 512\n#define each(x) real(x)\nSIZE each(i)';
  expect(lines(text, { overrides })).toEqual(['', '', '3 for (i = 0; 0; )']);
});

test('#, ##, empty arguments and what is left of a variadic call', () => {
  const text = [
    '#define S(x) #x',
    '#define J(a, b) a ## b',
    '#define E(a, ...) f(a, ##__VA_ARGS__)',
    'S( a  "b\\n" ) J(x, 1) J(,y) J(z,) E(1) E(1, 2, 3)',
  ].join('\n');
  expect(lines(text)[3]).toBe('"a \\"b\\\\n\\"" x1 y z f(1) f(1, 2, 3)');
});

test('nothing is expanded inside itself', () => {
  expect(lines('#define a b\n#define b a c\na b')[2]).toBe('a c b c');
  expect(lines('#define f(x) f(x + 1) x\nf(f(2))')[1]).toBe('f(f(2 + 1) 2 + 1) f(2 + 1) 2');
});

test('conditionals choose one branch, and dead ones need not make sense', () => {
  const text = "#if 0\ndon't\n#elif defined(A) && A > 2\nyes\n#elif 1 / 0\n#else\nno\n#endif";
  expect(lines(text, { config: { A: '3' } }).join('')).toBe('yes');
});

/** Macros of a seed that use each other, and uses of them. */
function randomMacros(seed: number): string {
  const next = random(seed);
  const one = (of: readonly string[]) => of[next(of.length)]!;
  const word = (more: readonly string[]) => one(['A', 'B', 'F', 'G', 'x', '1', '+', ...more]);
  const words = (count: number, more: readonly string[]) =>
    Array.from({ length: 1 + next(count) }, () => word(more)).join(' ');
  const call = () => `${one(['F', 'G'])}(${words(2, ['A'])}, ${words(2, ['F(1, 2)', ''])})`;
  return [
    `#define A ${words(4, [call(), '(', ')'])}`,
    `#define B ${words(4, ['A', 'F'])}`,
    `#define F(p, q) ${words(5, ['p', 'q', '#p', 'k ## p', 'p ## 2', call()])}`,
    `#define G(p, ...) ${words(5, ['p', '__VA_ARGS__', 'y(p, ## __VA_ARGS__)', 'B'])}`,
    `uses ${words(6, [call(), call(), 'F (A, B)', 'B', 'F'])} ;`,
    '#undef A\n#undef B\n#undef F\n#undef G',
  ].join('\n');
}

test.runIf(hasGcc())('macros expand as gcc expands them (skipped if there is no gcc)', () => {
  const words = (text: string) =>
    tokensOf('a.c', text)
      .map((token) => token.text)
      .join(' ');
  const all = Array.from({ length: 300 }, (_, seed) => randomMacros(seed)).filter((text) => {
    try {
      return lines(text) !== null;
    } catch {
      // A paste that makes no token, a call that does not end: gcc refuses these too.
      return false;
    }
  });
  const run = spawnSync('gcc', ['-E', '-P', '-'], { input: all.join('\n'), encoding: 'utf8' });
  const ours = all.map((text) => words(lines(text).join('\n')));
  expect(all.length).toBeGreaterThan(150);
  expect(words(run.stdout)).toBe(ours.join(' '));
});
