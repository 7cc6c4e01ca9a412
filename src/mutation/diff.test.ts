// SPDX-License-Identifier: GPL-2.0-only
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unifiedDiff } from './diff.ts';
import { applyEdits } from './edits.ts';
import type { Edit } from './mutant.ts';

const LINES = Array.from({ length: 30 }, (_, i) => `line ${i + 1};`);
const TEXT = `${LINES.join('\n')}\n`;

function replace(original: string, replacement: string): Edit {
  const start = TEXT.indexOf(original);
  return { file: 'f.ts', start, end: start + original.length, original, replacement };
}

/** What git makes of the text when it applies the diff. */
function applied(text: string, diff: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-diff-'));
  try {
    writeFileSync(join(folder, 'f.ts'), text);
    const git = spawnSync('git', ['apply', '-'], { cwd: folder, input: diff, encoding: 'utf8' });
    expect(git.stderr).toBe('');
    return readFileSync(join(folder, 'f.ts'), 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a diff shows the changed line between three lines on each side', () => {
  expect(unifiedDiff('f.ts', TEXT, [replace('line 10;', 'other;')])).toBe(
    [
      '--- a/f.ts',
      '+++ b/f.ts',
      '@@ -7,7 +7,7 @@',
      ' line 7;',
      ' line 8;',
      ' line 9;',
      '-line 10;',
      '+other;',
      ' line 11;',
      ' line 12;',
      ' line 13;',
      '',
    ].join('\n'),
  );
});

test.each<[string, Edit[]]>([
  ['one line', [replace('line 10;', 'other;')]],
  ['the first and the last line', [replace('line 1;', 'a;'), replace('line 30;', 'b;')]],
  ['two places of one line', [replace('line 15', 'a'), replace(';\nline 16', ' b;\nline 16')]],
  ['neighbouring lines', [replace('line 15;', 'a;'), replace('line 16;', 'b;')]],
  ['lines that share context', [replace('line 5;', 'a;'), replace('line 11;', 'b;')]],
  ['hunks of their own', [replace('line 5;', 'a;'), replace('line 12;', 'b;')]],
  ['more lines than before', [replace('line 3;', 'a;\nb;\nc;'), replace('line 20;', 'd;')]],
  ['fewer lines than before', [replace('line 3;\nline 4;\n', ''), replace('line 20;', 'd;\ne;')]],
  ['an empty line', [replace('line 8;', '')]],
])('git applies a diff of %s to the mutated text', (_, edits) => {
  expect(applied(TEXT, unifiedDiff('f.ts', TEXT, edits))).toBe(applyEdits(TEXT, edits));
});
