// SPDX-License-Identifier: GPL-2.0-only
// Is each difference between model, kernel and what is right called by its name?

import { expect, test } from 'vitest';
import { compare, kindOf, shortest } from './compare.ts';
import type { Sequence } from './sequences.ts';

const RIGHT = ['RAM 3'];

test('what both say is agreed on or confirmed, what they say apart is one of three things', () => {
  expect(kindOf('RAM 3', 'RAM 3', RIGHT)).toBe('agreed');
  expect(kindOf('MMIO 0x10', 'MMIO 0x10', RIGHT)).toBe('confirmed');
  expect(kindOf('MMIO 0x10', 'RAM 3', RIGHT)).toBe('mended');
  expect(kindOf('RAM 3', 'MMIO 0x10', RIGHT)).toBe('unexplained');
  expect(kindOf('MMIO 0x20', 'MMIO 0x10', RIGHT)).toBe('unexplained');
  expect(kindOf('RAM 3', 'RAM 5', ['RAM 3', 'RAM 5'])).toBe('either');
});

const read = { kind: 'access', vcpu: 0, page: 0x40, mode: 'read' } as const;
const call = { kind: 'slot', slot: 0, gfn: 0x10, pages: 1, backing: 3, flags: 0 } as const;
const sequence: Sequence = {
  word: 'Crr',
  steps: [
    { operation: call, allowed: ['returns 0'], port: 'returns 0' },
    { operation: read, allowed: RIGHT, port: 'RAM 3' },
    { operation: read, allowed: RIGHT, port: 'RAM 3' },
  ],
};

test('a sequence is compared up to the first difference', () => {
  expect(compare([sequence], [['s0', 'r3', 'r3']])).toMatchObject({ agreed: 3, accesses: 2 });
  const { unexplained, ...rest } = compare([sequence], [['s0', 'm110', 'r3']]);
  expect(unexplained).toEqual([{ word: 'Cr', port: 'RAM 3', kernel: 'MMIO 0x10', allowed: RIGHT }]);
  expect(rest).toMatchObject({ agreed: 1, accesses: 0, notCompared: 1, unknown: [] });
});

test('what the probe did not tell is unknown, and no agreement', () => {
  for (const tokens of [null, [], ['s0'], ['s0', 'h0'], ['s0', 'x1f'], ['s0', 'r']]) {
    const { unknown, unexplained } = compare([sequence], [tokens]);
    expect(unknown.length + unexplained.length).toBe(1);
  }
});

test('each word is told once, the shortest first', () => {
  expect(shortest([{ word: 'rr' }, { word: 'b' }, { word: 'rr' }, { word: 'a' }])).toEqual([
    { word: 'a' },
    { word: 'b' },
    { word: 'rr' },
  ]);
});
