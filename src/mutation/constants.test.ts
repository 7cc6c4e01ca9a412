// SPDX-License-Identifier: GPL-2.0-only
// Where is an edit of a constant seen, and when does nobody know?

import { describe, expect, test } from 'vitest';
import { atUses } from './constants.ts';
import { applyEdits } from './edits.ts';
import { readPort } from './port.ts';

/** A port of one file that is mutated and one that drives it. */
function portOf(text: string, other = '', system = '') {
  const files: Record<string, string> = {
    'systems/v3.17.ts': `import '../v3.17/a.ts';\nimport '../v3.17/b.ts';\n${system}`,
    'v3.17/a.ts': text,
    'v3.17/b.ts': other,
  };
  return readPort('v3.17', (path) => files[path]!);
}

/** Both texts after the edit of a number in the first one; null if it stays where it is. */
function spread(replacement: string, original: string, text: string, other = '', system = '') {
  const port = portOf(text, other, system);
  const start = text.indexOf(original);
  const edit = { file: 'v3.17/a.ts', start, end: start + original.length, original, replacement };
  const uses = atUses(port, { era: 'v3.17', edits: [edit] });
  if (uses === null) return null;
  return ['v3.17/a.ts', 'v3.17/b.ts'].map((path) => {
    const own = uses.edits.filter(({ file }) => file === path);
    return applyEdits(port.files.get(path)!.text, own);
  });
}

test('the value goes to each use of the name, in all files', () => {
  const text = 'export const MASK = 1n << 3n;\nexport function f(a: bigint) { return a & MASK; }\n';
  const other =
    "import { MASK } from './a.ts';\nfunction g() { const x = { is: MASK }; return [x, MASK]; }\n";
  expect(spread('4n', '3n', text, other)).toEqual([
    text.replace('a & MASK', 'a & (1n << 4n)'),
    other.replace('is: MASK', 'is: (1n << 4n)').replace(', MASK]', ', (1n << 4n)]'),
  ]);
});

const USE = 'function f() { return MASK; }\n';

describe('it stays where it is', () => {
  test.each([
    ['if another constant is made from it', 'const MASK = 1;\nconst ALL = MASK | 2;\n', '', ''],
    ['if a struct is', 'const MASK = 1;\nconst s = struct({ at: array(MASK) });\n', '', ''],
    [
      'if who drives the port reads it',
      'export const MASK = 1;\n',
      '',
      "import { MASK } from '../v3.17/a.ts';\nconsole.log(MASK);\n",
    ],
    ['if its value names another one', 'const BIT = 0;\nconst MASK = BIT + 1;\n', '', ''],
    [
      'if it has another name elsewhere',
      'export const MASK = 1;\n',
      "import { MASK as M } from './a.ts';\nfunction g() { return M; }\n",
      '',
    ],
    [
      'if another file has one of this name',
      'const MASK = 1;\n',
      'const MASK = 2;\nfunction g() { return MASK; }\n',
      '',
    ],
    [
      'if a function has a variable of this name',
      'const MASK = 1;\nfunction g() { const MASK = 2; return MASK; }\n',
      '',
      '',
    ],
    [
      'if a parameter has it',
      'const MASK = 1;\nfunction g(MASK: number) { return MASK; }\n',
      '',
      '',
    ],
    [
      'if it is the name of a field',
      'const MASK = 1;\nfunction g() { return { MASK }; }\n',
      '',
      '',
    ],
    ['if it is passed on', 'export const MASK = 1;\n', "export { MASK } from './a.ts';\n", ''],
  ])('%s', (_, text, other, system) => {
    expect(spread('4', '1', `${text}${USE}`, other, system)).toBeNull();
  });

  test('if nobody uses it', () => {
    expect(spread('4', '1', 'export const MASK = 1;\n')).toBeNull();
  });

  test('if it is no constant that is edited', () => {
    expect(spread('4', '1', 'function f() { return 1; }\n')).toBeNull();
  });
});
