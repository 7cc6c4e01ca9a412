// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOfFile } from '#mutation/mutants-of';
import { operator } from './mask-edge-off-by-one.ts';

test('mask-edge-off-by-one moves a single bit to both sides', () => {
  expect(mutantsOfFile(operator, 'const ACC_WRITE_MASK = 2;')).toEqual([
    'const ACC_WRITE_MASK = 4;',
    'const ACC_WRITE_MASK = 1;',
  ]);
  expect(mutantsOfFile(operator, 'const PRESENT_MASK = 1n;')).toEqual(['const PRESENT_MASK = 2n;']);
});

test('mask-edge-off-by-one moves each end of a run of bits to both sides', () => {
  expect(mutantsOfFile(operator, 'const ADDRESS = 0xff0n;')).toEqual([
    'const ADDRESS = 0x1ff0n;',
    'const ADDRESS = 0x7f0n;',
    'const ADDRESS = 0xff8n;',
    'const ADDRESS = 0xfe0n;',
  ]);
});

test('mask-edge-off-by-one stays inside of 64 bits', () => {
  expect(mutantsOfFile(operator, 'const NX = 0x8000_0000_0000_0000n;')).toEqual([
    'const NX = 0x4000000000000000n;',
  ]);
});

test('mask-edge-off-by-one leaves plain numbers, scattered bits and functions alone', () => {
  const text = 'const MAX = 3; const ERROR = 0x7002n; function MASK() { return 0xffn; }';
  expect(mutantsOfFile(operator, text)).toEqual([]);
});
