// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { applyEdits, deletion } from './edits.ts';
import type { Edit } from './mutant.ts';

const edit = (start: number, original: string, replacement: string): Edit => {
  return { file: 'f.ts', start, end: start + original.length, original, replacement };
};

test('edits apply in the order of the text, whatever their order in the list', () => {
  const edits = [edit(4, 'three', '3'), edit(0, 'one', '1')];
  expect(applyEdits('one three', edits)).toBe('1 3');
});

test('edits that touch each other do not overlap', () => {
  expect(applyEdits('abc', [edit(0, 'a', 'x'), edit(1, 'b', 'y')])).toBe('xyc');
  expect(() => applyEdits('abc', [edit(0, 'ab', 'x'), edit(1, 'b', 'y')])).toThrow(
    'edits of f.ts overlap at 1',
  );
});

test('an edit of another text than it was made for is refused', () => {
  expect(() => applyEdits('abc', [edit(0, 'b', 'x')])).toThrow(
    'f.ts has another text at 0 than the edit wants',
  );
});

test('what is deleted leaves no indentation behind, but everything else on its line', () => {
  expect(deletion('a;\n  b;\n', 5, 7)).toEqual({ start: 3, end: 7 });
  expect(deletion('  b;', 2, 4)).toEqual({ start: 0, end: 4 });
  expect(deletion('a; b;', 3, 5)).toEqual({ start: 3, end: 5 });
});
