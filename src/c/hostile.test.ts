// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { compiled } from './compile.ts';
import { fuzz } from './fuzz.ts';
import type { Machine } from './machine.ts';
import { loadParser } from './text/ast.ts';
import { readUnit } from './text/unit.ts';
import { translate } from './translate.ts';
import { verify } from './verify.ts';

const parser = await loadParser();

/** What the front end says of a text; the function `f` is asked for. */
function said(text: string): string {
  try {
    const files = [{ path: 'h.c', text }];
    const unit = readUnit(parser, files, { config: {}, overrides: {}, prelude: '' });
    const made = translate(unit, { entries: ['f'], edges: {}, constants: [] });
    return `translated ${made.functions.length}`;
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message.split('\n')[0]}`;
  }
}

test('a file of 20 MB is over budget', () => {
  expect(said('int f(int x) { return x; }\n'.repeat(800_000))).toBe(
    'Refusal: h.c:1: over the budget of 4000000 for the length of a file',
  );
});

test('macros that double without end are over budget', () => {
  const lines = Array.from({ length: 40 }, (_, i) => `#define a${i + 1} a${i} a${i}`);
  expect(said(`#define a0 1 +\n${lines.join('\n')}\nint f(void) { return a40 1; }`)).toMatch(
    /over the budget of \d+ for the tokens that macros make/,
  );
});

test('a macro that names itself is expanded once', () => {
  expect(said('#define x x + x\nint f(int x) { return x; }')).toMatch(/^Refusals?: h.c:2: /);
  expect(said('#define g(y) f(y)\n#define f(y) g(y)\nint f(int x) { return 1; }')).toMatch(/./);
});

test.each([
  ['brackets', `int f(int x) { return ${'('.repeat(8_000)}x${')'.repeat(8_000)}; }`],
  ['blocks', `int f(int x) { ${'{'.repeat(8_000)}${'}'.repeat(8_000)} return x; }`],
  ['operators', `int f(int x) { return ${'!'.repeat(8_000)}x; }`],
  ['sums', `int f(int x) { return x${' + x'.repeat(8_000)}; }`],
  ['branches', `int f(int x) { ${'if (x) x++; else '.repeat(8_000)} return x; }`],
  ['choices', `int f(int x) { return ${'x ? x : '.repeat(8_000)} x; }`],
  ['pointers', `int ${'*'.repeat(8_000)}f(int x) { return 0; }`],
  [
    'conditionals',
    `${'#if 1\n'.repeat(5000)}int f(int x) { return x; }\n${'#endif\n'.repeat(5000)}`,
  ],
  [
    'conditions',
    `#if ${'('.repeat(8_000)}1${')'.repeat(8_000)}\n#endif\nint f(int x) { return x; }`,
  ],
  ['negations', `#if ${'!'.repeat(8_000)}1\n#endif\nint f(int x) { return x; }`],
  [
    'calls of macros',
    `#define m(x) x\nint f(int x) { return ${'m('.repeat(8_000)}x${')'.repeat(8_000)}; }`,
  ],
  [
    'structs',
    `${'struct { '.repeat(8_000)}int a;${' } b;'.repeat(8_000)}\nint f(int x) { return x; }`,
  ],
  [
    'initialisers',
    `int a[] = ${'{'.repeat(8_000)}1${'}'.repeat(8_000)};\nint f(int x) { return a[0]; }`,
  ],
])('%s without end are refused', (_, text) => {
  expect(said(text)).toMatch(/^Refusals?: .*(over the budget|not known here)/);
});

test('a long row of statements is translated', () => {
  expect(said(`int f(int x) { ${'x++; '.repeat(8_000)} return x; }`)).toBe('translated 1');
});

test.each([
  ['a comment without end', 'int f(int x) { return x; } /*', 'a comment does not end'],
  ['an #if without end', '#if 1\nint f(int x) { return x; }', 'the #if has no #endif'],
  ['an #else without an #if', '#else\nint f(int x) { return x; }', 'the #else has no #if'],
  ['nothing', '', 'the function f() is in no file'],
  ['bytes', '\u0000\u0001\u00ff\ufffe', 'the function f() is in no file'],
  ['a struct of itself', 'struct s { struct s a; };\nint f(struct s *p) { return p->a.a; }', ''],
  ['a typedef of itself', 'typedef t t;\nint f(t x) { return x; }', ''],
  ['an enumerator of itself', 'enum { A = A };\nint f(void) { return A; }', ''],
  ['an array of itself', 'int a[sizeof(a)];\nint f(void) { return a[0]; }', ''],
])('%s is refused', (_, text, reason) => {
  const answer = said(text);
  expect(answer).toMatch(/^Refusals?: /);
  expect(answer).toContain(reason);
});

test.each([
  'function f0(m){process.exit(1)}',
  'function f0(m){return this}',
  'function f0(m){return m.constructor}',
  'function f0(m){return m["f"]}',
  "function f0(m){return 'a'}",
  'function f0(m){return `a`}',
  'function f0(m){return l0[0]}',
  'function f0(m){return m.f.constructor}',
  'function f0(m){return U.constructor}',
  'function f0(m){return h.constructor}',
  'function f0(m){return 1..constructor}',
  'function f0(m){return 1.constructor}',
  'function f0(m){/**/}',
  'function f0(m){//\n}',
  'function f0(m){return /a/}',
  'function f0(m){x=1}',
  'function f0(m){arguments}',
  'function f0(m){new l0}',
  'function f0(m){l0=>l0}',
  'function f0(m){\\u0070}',
  'function f0(m){@leave;}',
  'function f0(m){l00}',
  'function f0(m){m.f}\u2028process',
])('the second check does not let through %s', (text) => {
  expect(() => verify(text)).toThrow('defect: emitted text is not of its own making');
  expect(() => compiled(text)).toThrow('defect');
});

test('emitted code has no globals to reach', () => {
  const own = compiled('function f0(m,l0){return m.ldp(1,l0)+h.lg(l0);}');
  const machine = { ldp: (_: number, address: number) => address } as unknown as Machine;
  expect(own(machine, 8)).toBe(11);
  // Its own global object is empty, and its functions make no code from strings.
  const makeCode = own.constructor as FunctionConstructor;
  expect(() => makeCode('return 1')).toThrow('Code generation from strings disallowed');
  expect(makeCode === Function).toBe(false);
});

test('C damaged by the first seeds is refused or runs to an end', () => {
  const { broken, refused, translated } = fuzz(parser, 0, 100);
  expect(broken).toEqual([]);
  expect(refused).toBeGreaterThan(0);
  expect(translated).toBeGreaterThan(0);
});
