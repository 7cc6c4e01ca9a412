// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { withSlots } from './patch.ts';
import { withSummaries } from './summed.ts';

const TEXT = `export function twice(n: number): number {
  return 2 * n;
}
function sum(n: number): number {
  const sum = twice(n);
  return sum + n;
}
`;

const emitted = withSummaries(withSlots(TEXT), 'file:///summed.ts', TEXT).split('\n');

test('functions ask whether their calls are summarised, but for those that only return', () => {
  expect(emitted[0]).toContain('import { summing as $summing, summed as $summed } from "file:');
  expect(emitted[0]).not.toContain('if ($summing())');
  expect(emitted[3]).toContain('if ($summing()) return $summed($self0(), arguments); if ($slot1)');
});

test('a function is told by a name that nothing inside of it has', () => {
  expect(emitted.at(-2)).toBe('function $self0() { return sum; }');
});

test('lines stay where they are', () => {
  TEXT.trimEnd()
    .split('\n')
    .forEach((line, i) => {
      expect(emitted[i]).toContain(line);
    });
});

test('a text without such functions stays as it is', () => {
  expect(withSummaries('const a = 1;\n', 'file:///summed.ts', 'const a = 1;\n')).toBe(
    'const a = 1;\n',
  );
});
