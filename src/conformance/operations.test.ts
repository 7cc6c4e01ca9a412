// SPDX-License-Identifier: GPL-2.0-only
// Do model and probe mean the same by an operation and by what is seen?

import { expect, test } from 'vitest';
import { type Entry, seenOf, setupWords, wordOf } from './operations.ts';

const entry: Entry = { gfn: 0x10, isWritable: true, isExecutable: true };

test('operations are words of one letter and numbers', () => {
  const call = { kind: 'slot', slot: 0, gfn: 0x10, pages: 1, backing: 3, flags: 2 } as const;
  expect(wordOf(call)).toBe('S1:110:1:3:2');
  expect(wordOf({ kind: 'access', vcpu: 1, page: 0x40, mode: 'fetch' })).toBe('x1:40');
  expect(wordOf({ kind: 'store', vcpu: 0, page: 0x40, entry })).toBe('P0:40:110067');
  expect(wordOf({ kind: 'store', vcpu: 0, page: 0x40, entry: null })).toBe('P0:40:0');
  expect(wordOf({ kind: 'reload', vcpu: 0 })).toBe('c0');
  expect(wordOf({ kind: 'invlpg', vcpu: 0, page: 0x50 })).toBe('i0:50');
});

test('rights of an entry are bits of the processor', () => {
  const readOnly = { ...entry, isWritable: false };
  const data = { ...entry, isExecutable: false };
  const word = (given: Entry) => wordOf({ kind: 'store', vcpu: 0, page: 0, entry: given });
  expect(word(readOnly)).toBe('P0:0:110065');
  expect(word(data)).toBe('P0:0:8000000000110067');
});

test('what was there first is written by userspace', () => {
  const slots = [{ kind: 'slot', slot: 1, gfn: 0x20, pages: 2, backing: 5, flags: 0 }] as const;
  expect(setupWords({ entries: new Map([[0x40, entry]]), slots, others: [1] })).toEqual([
    'E40:110067',
    'S2:120:2:5:0',
    'c1',
  ]);
});

test('tokens of the probe are what a guest sees', () => {
  const seen = ['r3', 'm110', 'f0', 'e1', '.', 's0', 's11'].map(seenOf);
  expect(seen).toEqual([
    'RAM 3',
    'MMIO 0x10',
    'fault of the guest',
    'KVM gives up',
    'done',
    'returns 0',
    'returns -17',
  ]);
});

test('a guest that hangs or ends is seen as nothing', () => {
  for (const token of ['', 'h0', 'x8', 'q1', 'r3 ', 'R3']) expect(seenOf(token)).toBeNull();
});
