// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { applyEdits } from './edits.ts';
import type { Edit } from './mutant.ts';
import { countRegions, regionsOfEdits, withProbes } from './probes.ts';

const probed = (text: string) => withProbes(text, 'm', 0).replace(/^import[^;]*; /, '');
const body = (text: string) =>
  /^function f\(\) \{ \$entries\[0\]\+\+;(.*)\}$/s.exec(probed(`function f() {${text}}`))?.[1];

test('what need not be run when its function is has a probe of its own', () => {
  expect(body('')).toBe('');
  expect(body(' if (a) { b(); } else { c(); } ')).toBe(
    ' if (a) { $entries[1]++; b(); } else { $entries[2]++; c(); } ',
  );
  expect(body('if (a) b(); else c();')).toBe(
    'if (a) { $entries[1]++; b(); } else { $entries[2]++; c(); }',
  );
  expect(body('while (a) if (b) c();')).toBe(
    'while (a) { $entries[1]++; if (b) { $entries[2]++; c(); } }',
  );
  expect(body('a(b ? c : d);')).toBe('a(b ? ($entries[1]++, c) : ($entries[2]++, d));');
  expect(body('a = b && c || (d ?? e);')).toBe(
    'a = b && ($entries[1]++, c) || ($entries[2]++, (d ?? ($entries[3]++, e)));',
  );
  expect(body('try { a(); } catch { b(); } finally { c(); }')).toBe(
    'try { $entries[1]++; a(); } catch { $entries[2]++; b(); } finally { $entries[3]++; c(); }',
  );
  expect(body('a.map((b) => b + 1);')).toBe('a.map((b) => ($entries[1]++, b + 1));');
});

test('the top level and the heads of functions have no probes', () => {
  const text = 'if (a) { b(); } function f(c = d ? 1 : 2) {} class G { h = d && 1; }';
  expect(probed(text)).toBe(text.replace(') {}', ') { $entries[0]++;}'));
  expect(withProbes('const a = b ? 1 : 2;', 'm', 0)).toBe('const a = b ? 1 : 2;');
});

test('probes are numbered from the first, and lines stay where they are', () => {
  const text = 'function f() {\n  if (a)\n    b();\n}\n';
  expect(countRegions(text)).toBe(2);
  expect(withProbes(text, 'm', 7)).toBe(
    'import { entries as $entries } from "m"; ' +
      'function f() { $entries[7]++;\n  if (a)\n    { $entries[8]++; b(); }\n}\n',
  );
});

/** Edits that are written as `[original|replacement]` in a text. */
function edited(marked: string): { text: string; edits: Edit[] } {
  const edits: Edit[] = [];
  let text = '';
  for (const part of marked.split(/(\[[^\]]*\|[^\]]*\])/)) {
    const match = /^\[(.*)\|(.*)\]$/s.exec(part);
    const [, original, replacement] = match ?? [part, part, ''];
    if (match !== null) {
      const end = text.length + original!.length;
      edits.push({
        file: 'f',
        start: text.length,
        end,
        original: original!,
        replacement: replacement!,
      });
    }
    text += original;
  }
  return { text, edits };
}

function regionsIn(marked: string): (number | null)[] {
  const { text, edits } = edited(marked);
  applyEdits(text, edits);
  return regionsOfEdits(text, edits);
}

test.each([
  ['a statement in a block', 'function f() { if (a) { [b();|] } }', [1]],
  ['a whole statement without braces', 'function f() { if (a) [b();|;] }', [1]],
  ['a branch', 'function f() { return a ? [b|c + 1] : d; }', [1]],
  ['an operand', 'function f() { return a && [b|!b]; }', [1]],
  ['an insertion', 'function f() { if (a) { [|c();] b(); } }', [1]],
  ['two edits', 'function f() { if (a) { [b|cc](); } else { [d|ee](); } }', [1, 2]],
  ['an edit behind another', 'function f() { [a|aaa](); if (b) { [c|d](); } }', [0, 1]],
  ['the body of a nested function', 'function f() { g(() => { [a|b](); }); }', [1]],
  ['a parameter of a nested function', 'function f() { g((a = [1|2]) => { a(); }); }', [0]],
  ['a condition', 'function f() { if ([a|b]) { c(); } }', [0]],
  ['a name', 'function f() { [a|b](); }', [0]],
])('the innermost region around it holds %s', (_, marked, expected) => {
  expect(regionsIn(marked)).toEqual(expected);
});

test.each([
  ['the top level', 'const a = [1|2]; function f() {}', [null]],
  ['the head of a function', 'function f([a|b] = 1) { c(); }', [null]],
  ['a body that is a new one', 'function f() [{ a(); }|{ b(); }]', [null]],
  ['braces', 'function f() { if (a) [{ b(); }|{ c(); }] }', [0]],
  ['text that closes its block', 'function f() { if (a) { b();[| } c(); {] } }', [0]],
  ['text that closes its function', 'function f() { a();[| } g(); {] }', [null]],
  ['a second statement', 'function f() { if (a) [b();|b(); c();] }', [0]],
  ['an if that takes the else', 'function f() { if (a) [b();|if (c) b();] else d(); }', [0]],
  ['an operand that binds less', 'function f() { return a && [b|b || c]; }', [0]],
  ['a comment before an operand', 'function f() { return a && [|/* */ ]b; }', [0]],
  ['a variable of the whole function', 'function f() { if (a) { [b();|var c = 1;] } }', [null]],
  ['an edit across an edge', 'function f() { if (a) { [b(); } c();|}] }', [0]],
])('a region around its own holds %s, or none', (_, marked, expected) => {
  expect(regionsIn(marked)).toEqual(expected);
});
