// SPDX-License-Identifier: GPL-2.0-only
// What does a reader see of a kernel that agrees, of one that was mended, and of one that does what
// the model does not explain?

import { expect, test } from 'vitest';
import type { AreaResult, ConformResult, KernelResult } from '../conformance/result.ts';
import { conformanceDocument, conformanceText } from './conformance.ts';
import { conformancePage } from './conformance-page.ts';

const stale = { word: 'rwCcr', port: 'MMIO 0x10', kernel: 'MMIO 0x10', allowed: ['RAM 3'] };
const area: AreaResult = {
  alphabet: 'page tables',
  paging: 'shadow paging',
  era: 'v6.12',
  isOwnEra: true,
  sequences: 741,
  agreed: 3000,
  accesses: 1234,
  notCompared: 0,
  confirmed: [stale],
  either: [],
  mended: [],
  asBefore: [],
  unexplained: [],
  unknown: [],
};
const kernel: KernelResult = {
  name: '6.12',
  package: 'linux-image-6.12-example',
  version: '6.12-1',
  areas: [area],
  traces: [
    { paging: 'shadow paging', era: 'v6.12', sequences: 9, events: 40, faults: [], story: null },
  ],
  stress: [
    {
      paging: 'nested paging',
      mode: 'rests after each change',
      cycles: 100,
      judged: 2000,
      notJudged: 900,
      staleMmio: 0,
      staleRam: 0,
    },
  ],
  mutants: [],
  selftests: [],
  void: [],
  race: [],
  modelRace: '',
  stories: [],
  warnings: [],
  unknown: [],
};
const resultOf = (...kernels: KernelResult[]): ConformResult => ({
  emulator: 'QEMU emulator version 7.2.22',
  seeds: [1, 2],
  kernels,
  skipped: [],
});

const mended: KernelResult = {
  ...kernel,
  areas: [{ ...area, confirmed: [], mended: [{ ...stale, kernel: 'RAM 3' }] }],
};
const broken: KernelResult = {
  ...kernel,
  areas: [
    {
      ...area,
      confirmed: [],
      unexplained: [{ ...stale, word: 'rCr', port: 'RAM 3' }],
    },
  ],
  stories: [
    {
      title: 'page tables, shadow paging: rCr',
      rows: [{ operation: 'guest reads A', port: ['RAM 3'], kernel: ['MMIO 0x10'] }],
    },
  ],
  mutants: [
    {
      run: 'm1',
      id: 'v6.12/check_mmio_spte/hit-always.1',
      number: 1,
      expected: 'sequence',
      model: 'sequence',
      kernel: 'survives',
      word: null,
      stress: [],
      control: [],
      inside: ['stale-in-window'],
      because: 'Nobody looks at its number.',
    },
  ],
};

test('a kernel that agrees, one that was mended, and one that disagrees', async () => {
  const text = conformanceText(resultOf(kernel, mended, broken));
  await expect(text).toMatchFileSnapshot('./golden/conformance.txt');
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
});

test('a page has the versions and the date of its run', async () => {
  const page = conformancePage(resultOf(kernel), '2026-01-02');
  await expect(page).toMatchFileSnapshot('./golden/conformance.md');
});

test('a document says of each kernel what is known', () => {
  const few = { ...kernel, stress: [{ ...kernel.stress[0]!, judged: 3 }] };
  const document = conformanceDocument(resultOf(kernel, mended, broken, few));
  expect(document).toMatchObject({
    schema: { name: 'kvm-mutants/conformance', version: 1 },
    counts: { kernels: 4, unexplained: 1 },
    kernels: [
      { status: 'agrees' },
      { status: 'agrees' },
      { status: 'disagrees' },
      { status: 'unknown' },
    ],
  });
});
