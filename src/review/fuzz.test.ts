// SPDX-License-Identifier: GPL-2.0-only
// Does any mail or diff break the reader, the applier, the rules or a format? A sample; ten
// thousand are tried by `npm run bench -- fuzz-patch`.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { knowledge } from '../cli/review-knowledge.ts';
import { loadReviewFormats } from './format.ts';
import { anyPatch, tryPatch } from './fuzz.ts';

const known = await knowledge();
const formats = await loadReviewFormats();

test('any bytes are read or refused, and no control byte gets into any format', () => {
  let patches = 0;
  const law = fc.property(anyPatch, (bytes) => {
    patches += tryPatch(bytes, known, formats);
  });
  fc.assert(law, { seed: 1, numRuns: 200 });
  expect(patches).toBeGreaterThan(100);
});

test('a control byte that a format let through would be noticed', () => {
  const leaky = [{ name: 'leaky', summary: '', text: () => 'a\x1b[2Jb' }];
  expect(() => tryPatch(new Uint8Array(), known, leaky)).toThrow('leaky lets a control byte');
});

const REPEATED: readonly string[] = [' ', '\t', '=?a?q?', '=', 'From ', '@@ -1 +1 @@ ', '(', '/*'];

test.each(REPEATED)(
  'a line of 200,000 bytes of %j takes no longer than reading it',
  (text) => {
    const line = text.repeat(200_000 / text.length);
    const mail = `From: a\nSubject: ${line}\n\n${line}\n---\n--- a/virt/kvm/x\n+++ b/virt/kvm/x\n`;
    const bytes = new TextEncoder().encode(`${mail}@@ -1 +1 @@ ${line}\n-${line}\n+a${line}\n`);
    expect(tryPatch(bytes, known, formats)).toBe(1);
  },
  20_000,
);
