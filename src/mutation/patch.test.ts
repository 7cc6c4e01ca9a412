// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import type { Edit } from './mutant.ts';
import { emptied, patchesOf, withSlots } from './patch.ts';
import { readPort } from './port.ts';

const TEXT = `// a port
export const LIMIT = 3;
export function twice(n: number): number {
  return 2 * n;
}
function sum(n: number): number {
  let sum = 0;
  for (let i = 1; i <= n; i++) sum += twice(i);
  return sum;
}
export const table = { sum, twice };
`;

const port = readPort('v3.17', (path) =>
  path === 'systems/v3.17.ts' ? `import '../v3.17/a.ts';\n` : TEXT,
);

function edit(original: string, replacement: string): Edit {
  const start = TEXT.indexOf(original);
  return { file: 'v3.17/a.ts', start, end: start + original.length, original, replacement };
}

const patchesFor = (...edits: Edit[]) => patchesOf(port, { era: 'v3.17', edits });

/** The module as it is emitted, as functions: types go, and exports stay inside. */
function load() {
  const script = withSlots(TEXT)
    .replaceAll(/: number/g, '')
    .replaceAll('export ', '');
  const make = new Function('$spendFuel', `"use strict"; ${script}; return { table, $run };`);
  return make(() => {}) as {
    table: Record<'sum' | 'twice', (n: number) => number>;
    $run: (code: string) => void;
  };
}

const run = ({ $run }: ReturnType<typeof load>, code: string) =>
  $run(code.replaceAll(/: number/g, ''));

test('lines stay where they are', () => {
  const lines = withSlots(TEXT).split('\n');
  TEXT.trimEnd()
    .split('\n')
    .forEach((line, i) => {
      expect(lines[i]!.startsWith(line.trimEnd())).toBe(true);
    });
});

test('a patch reaches who holds the function already, and calls inside of the module', () => {
  const module = load();
  const { sum, twice } = module.table;
  const [patch] = patchesFor(edit('2 * n', '3 * n'))!;
  expect([sum(2), twice(5)]).toEqual([6, 10]);
  for (const code of patch!.code) run(module, code);
  expect([sum(2), twice(5)]).toEqual([9, 15]);
  run(module, emptied(patch!));
  expect([sum(2), twice(5)]).toEqual([6, 10]);
});

test('a patched loop spends fuel, on its own line', () => {
  const [patch] = patchesFor(edit('i <= n', 'i < n'))!;
  const [code] = patch!.code;
  expect(code).toContain('$spendFuel()');
  expect(code!.split('\n')[7]).toContain('i < n');
});

test('what is decided at the top level is no patch, nor is the head of a function', () => {
  expect(patchesFor(edit('LIMIT = 3', 'LIMIT = 4'))).toBeNull();
  expect(patchesFor(edit('sum(n: number)', 'sum(n: number, more = 1)'))).toBeNull();
  expect(patchesFor(edit('2 * n', '3 * n'), edit('LIMIT = 3', 'LIMIT = 4'))).toBeNull();
});

test('an edit that ends its function is no patch', () => {
  expect(patchesFor(edit('2 * n;', '2 * n; } function other() {'))).toBeNull();
});

test('two functions of a file are patched at once', () => {
  const [patch, ...more] = patchesFor(edit('2 * n', '3 * n'), edit('sum += ', 'sum -= '))!;
  expect([patch!.slots, more]).toEqual([[0, 1], []]);
});
