// SPDX-License-Identifier: GPL-2.0-only
// Is what an operation may not do to the shadow of a page table noticed, each in words of its own,
// and is nothing else called a fault?

import { describe, expect, test } from 'vitest';
import { rulesOf } from './era-rules.ts';
import type { Letter } from './guest-letters.ts';
import { type EntryKind, type Shadow, shadowFaults } from './shadow-rules.ts';

const OLD = rulesOf('v3.17');
const NEW = rulesOf('v6.12');
const MMIO = 0x8_0000_0010_0001n;
const RAM = 0x100_0107n;

function shadow(entries: readonly [EntryKind, bigint][], changes: Partial<Shadow> = {}): Shadow {
  const kinds = entries.map(([kind]) => kind);
  return {
    kinds,
    sptes: entries.map(([, spte]) => spte),
    isThere: true,
    isUnsync: false,
    ...changes,
  };
}

const EMPTY: [EntryKind, bigint][] = [
  ['none', 0n],
  ['none', 0n],
];
const FULL: [EntryKind, bigint][] = [
  ['ram', RAM],
  ['valid', MMIO],
];
const GONE = { isThere: false, isUnsync: false };

function told(letter: Letter, before: Shadow, after: Shadow, isSame = true, rules = OLD): string[] {
  return shadowFaults(letter, { before, after, isSame }, rules).map(({ what }) => what);
}

describe('a deletion', () => {
  test('leaves nothing of the page tables', () => {
    expect(told('D', shadow(FULL), shadow(EMPTY, GONE))).toEqual([]);
  });

  test.each([
    ['linked', shadow(EMPTY)],
    ['full', shadow(FULL, GONE)],
    ['unsync', shadow(EMPTY, { isThere: false, isUnsync: true })],
  ])('must not leave them %s', (word, after) => {
    expect(told('D', shadow(FULL), after)).toEqual([`a zapped page table is still ${word}`]);
  });
});

describe('a reload of CR3', () => {
  const unsync = { isUnsync: true };

  test('may clear the accessed bit of what the guest did not change, and nothing else', () => {
    const aged = shadow([['ram', RAM & ~0x20n], FULL[1]!]);
    expect(told('c', shadow(FULL, unsync), aged)).toEqual([]);
    const weaker = shadow([['ram', RAM & ~2n], FULL[1]!]);
    expect(told('c', shadow(FULL, unsync), weaker)).toEqual(['a sync changes a valid entry']);
    const gone = shadow([['none', 0n], FULL[1]!]);
    expect(told('c', shadow(FULL, unsync), gone)).toEqual(['a sync drops a valid entry']);
  });

  test('may do anything to what the guest changed', () => {
    const gone = shadow([['none', 0n], FULL[1]!]);
    expect(told('c', shadow(FULL, unsync), gone, false)).toEqual([]);
  });

  test('that leaves no entry zaps the page, in kernels that do so', () => {
    const [before, after] = [shadow(FULL, unsync), shadow(EMPTY)];
    expect(told('c', before, after, false)).toEqual(['a page table without entries is kept']);
    expect(told('c', before, after, false, NEW)).toEqual([]);
    expect(told('c', before, shadow(EMPTY, GONE), false)).toEqual([]);
    // What was in step already is not looked at.
    expect(told('c', shadow(EMPTY), after, false)).toEqual([]);
  });
});

describe('INVLPG', () => {
  const after = shadow([['none', 0n], FULL[1]!]);

  test('drops an entry of a page that may be out of step, and no other', () => {
    expect(told('p', shadow(FULL, { isUnsync: true }), after)).toEqual([]);
    expect(told('p', shadow(FULL), after)).toEqual(['INVLPG drops an entry in step']);
    expect(told('p', shadow(FULL), shadow(FULL))).toEqual([]);
  });
});
