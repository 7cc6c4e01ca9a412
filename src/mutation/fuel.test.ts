// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { withFuel } from './fuel.ts';

const fuelled = (text: string) => withFuel(text, 'm').replace(/^import[^;]*; /, '');

test('every kind of loop spends fuel at its head', () => {
  expect(fuelled('for (;;) { f(); }')).toBe('for (;;) { $spendFuel(); f(); }');
  expect(fuelled('while (x) { f(); }')).toBe('while (x) { $spendFuel(); f(); }');
  expect(fuelled('do { f(); } while (x);')).toBe('do { $spendFuel(); f(); } while (x);');
  expect(fuelled('for (const a of b) {}')).toBe('for (const a of b) { $spendFuel();}');
  expect(fuelled('for (const a in b) {}')).toBe('for (const a in b) { $spendFuel();}');
});

test('a loop without braces gets them, also around another loop', () => {
  expect(fuelled('while (x) for (;;) f();')).toBe(
    'while (x) { $spendFuel();for (;;) { $spendFuel();f();}}',
  );
  expect(fuelled('while (x);')).toBe('while (x){ $spendFuel();;}');
});

test('lines stay where they are, and a text without loops stays as it is', () => {
  const text = '// first\nfor (;;) {\n  f();\n}\n';
  expect(withFuel(text, 'm').split('\n')).toHaveLength(text.split('\n').length);
  expect(withFuel(text, 'm')).toMatch(
    /^import \{ spendFuel as \$spendFuel \} from "m"; \/\/ first\n/,
  );
  expect(withFuel('f();\n', 'm')).toBe('f();\n');
});
