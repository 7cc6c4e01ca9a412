// SPDX-License-Identifier: GPL-2.0-only
// What does a reader see of a kernel that agrees, of one that was mended, and of one that does what
// the model does not explain?

import { expect, test } from 'vitest';
import type { AreaResult, ConformResult, KernelResult } from '../conformance/result.ts';
import { conformanceDocument, conformanceText, kernelStatus } from './conformance.ts';
import { conformanceHtml } from './conformance-html.ts';
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
  selftestFaults: [],
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

const mutant = broken.mutants[0]!;
const run = kernel.stress[0]!;
/** A kernel with mutants, the trace of a race, and selftests. */
const mutated: KernelResult = {
  ...kernel,
  mutants: [
    { ...mutant, model: 'sequence', kernel: 'sequence', word: 'RCR', because: null, inside: [] },
    {
      ...mutant,
      run: 'm4',
      id: 'v6.12/kvm_swap_active_memslots/both-increments-before-publish.1',
      number: 4,
      model: 'race',
      kernel: 'race',
      because: null,
      inside: [],
      stress: [{ ...run, cycles: 3, judged: 9, staleMmio: 1 }],
      control: [run, run],
    },
    {
      ...mutant,
      run: 'm7',
      id: 'v6.12/<b>',
      number: 7,
      model: 'race',
      kernel: 'survives',
      stress: [run],
      control: [run, run],
    },
  ],
  race: [
    { time: 0, thread: 'vCPU', text: 'fault at gfn 0x10' },
    { time: 12, thread: 'updater', text: 'install begins' },
  ],
  modelRace: '  vCPU 0 | updater\n  ...',
  selftests: [
    {
      run: 'first',
      id: 'the kernel as it stands',
      number: 0,
      runs: [
        { test: 'set_memory_region_test', outcome: 'passes', how: '' },
        { test: 'memslot_perf_test', outcome: 'skipped', how: 'signal 14' },
      ],
    },
    {
      run: 'm4',
      id: 'v6.12/kvm_swap_active_memslots/both-increments-before-publish.1',
      number: 4,
      runs: [
        { test: 'set_memory_region_test', outcome: 'fails', how: 'exit 254: x == y' },
        { test: 'memslot_perf_test', outcome: 'skipped', how: 'signal 14' },
      ],
    },
  ],
};

test('mutants of the kernel beside those of the model, a race, and the selftests', async () => {
  const text = conformanceText(resultOf(mutated));
  await expect(text).toMatchFileSnapshot('./golden/conformance-mutants.txt');
  const page = conformanceHtml(resultOf(mutated), '2026-01-02');
  await expect(page).toMatchFileSnapshot('./golden/conformance.html.txt');
  expect(page).not.toContain('<b>');
});

test('a control that is wrong makes the result void, and a race not lost is not known', () => {
  const spoilt = { ...mutated, void: ['the kernel as it stands is wrong beside m4'] };
  expect(conformanceText(resultOf(spoilt))).toContain('VOID: the kernel as it stands is wrong');
  expect(kernelStatus(spoilt)).toBe('DISAGREES');
  expect(kernelStatus(mutated)).toBe('unknown');
  const [one, two] = mutated.mutants;
  expect(kernelStatus({ ...mutated, mutants: [one!, two!] })).toBe('agrees');
});

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
