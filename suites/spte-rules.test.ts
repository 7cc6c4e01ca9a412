// SPDX-License-Identifier: GPL-2.0-only
// Do the rules about bits give the words that a dump of these kernels' page tables shows?

import { expect, test } from 'vitest';
import { ALL_ACCESS, mmioMask, ramEntry } from './spte-rules.ts';

const page = { gfn: 0x10n, pfn: 0x12345n, access: ALL_ACCESS };
const usual = { ...page, isSpeculative: false, isHostWritable: true };

test.each([
  ['ept', usual, 0x1234_5c07n],
  ['ept', { ...usual, isHostWritable: false }, 0x1234_5005n],
  ['shadow', usual, 0x1234_5c27n],
  ['shadow', { ...usual, isSpeculative: true }, 0x1234_5c07n],
  ['shadow', { ...usual, access: 0 }, 0x8000_0000_1234_5421n],
] as const)('under %s an entry of RAM is a word of the format', (mmio, asked, spte) => {
  expect(ramEntry('v3.17', { mmio }, asked)).toBe(spte);
});

test.each([
  ['ept', 40, 0xc000_0000_0000_0006n],
  ['shadow', 40, 0xc00f_ff00_0000_0001n],
  ['shadow', 51, 0xc008_0000_0000_0001n],
  ['shadow', 52, 0xc000_0000_0000_0000n],
] as const)('the mark of MMIO under %s with %i address bits', (mmio, maxphyaddr, mask) => {
  expect(mmioMask('v3.17', { mmio, maxphyaddr })).toBe(mask);
});

test.each([
  ['ept', usual, 0x1234_5f07n],
  ['ept', { ...usual, isHostWritable: false }, 0x1234_5105n],
  ['ept', { ...usual, isSpeculative: true }, 0x1234_5e07n],
  ['shadow', usual, 0x1234_5c67n],
  ['shadow', { ...usual, isSpeculative: true }, 0x1234_5c47n],
  ['shadow', { ...usual, access: 0 }, 0x8000_0000_1234_5421n],
] as const)('later, under %s, it says what was used', (mmio, asked, spte) => {
  expect(ramEntry('v5.11', { mmio }, asked)).toBe(spte);
});

test.each([
  ['ept', 40, 0x0030_0000_0000_0006n],
  ['shadow', 40, 0x0038_0000_0000_0001n],
  ['shadow', 52, 0x0030_0000_0000_0000n],
] as const)('the later mark of MMIO under %s with %i address bits', (mmio, maxphyaddr, mask) => {
  expect(mmioMask('v5.11', { mmio, maxphyaddr })).toBe(mask);
});
