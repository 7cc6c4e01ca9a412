// SPDX-License-Identifier: GPL-2.0-only
// Does an archive hold what was put into it, where a reader of the format looks for it?

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { archiveOf } from './cpio.ts';

interface Read {
  readonly path: string;
  readonly mode: number;
  readonly content: Buffer;
}

/** Reads an archive by the text of the format: 13 numbers of 8 digits after the magic one. */
function read(archive: Buffer): Read[] {
  const entries: Read[] = [];
  for (let at = 0; at < archive.length; ) {
    const head = archive.toString('latin1', at, at + 110);
    expect(head.slice(0, 6)).toBe('070701');
    const number = (i: number) => Number.parseInt(head.slice(6 + i * 8, 14 + i * 8), 16);
    const [mode, size, nameSize] = [number(1), number(6), number(11)];
    const path = archive.toString('latin1', at + 110, at + 110 + nameSize - 1);
    const start = Math.ceil((at + 110 + nameSize) / 4) * 4;
    entries.push({ path, mode, content: archive.subarray(start, start + size) });
    at = Math.ceil((start + size) / 4) * 4;
  }
  return entries;
}

test('every file comes back with its bytes, after the folders and before the trailer', () => {
  const files = fc.array(
    fc.record({
      path: fc.stringMatching(/^[a-z.-]{1,20}$/),
      content: fc.uint8Array({ maxLength: 50 }),
      isExecutable: fc.boolean(),
    }),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(files, (given) => {
      const entries = read(archiveOf(['dev', 'proc'], given));
      expect(entries.map(({ path }) => path)).toEqual([
        'dev',
        'proc',
        ...given.map(({ path }) => path),
        'TRAILER!!!',
      ]);
      given.forEach(({ content, isExecutable }, i) => {
        const { mode, content: kept } = entries[i + 2]!;
        expect([...kept]).toEqual([...content]);
        expect(mode).toBe(isExecutable ? 0o100755 : 0o100644);
      });
    }),
  );
});
