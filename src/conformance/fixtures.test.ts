// SPDX-License-Identifier: GPL-2.0-only
// Do model and kernel agree on what two kernels did once? Their serial lines were recorded, traces
// included; nothing is booted here.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadSystem } from '#lab/variants';
import type { EraName } from '#vocabulary';
import { storyLines } from '../report/conformance.ts';
import { ALPHABETS } from './alphabets.ts';
import { tokensOf } from './cases.ts';
import { compare } from './compare.ts';
import { FIXTURE_WORDS } from './fixture.ts';
import { batchOf } from './plan.ts';
import { type Model, predictWatched } from './sequences.ts';
import { parseSerial, sumOf } from './serial.ts';
import { storyOf, validate } from './traces.ts';

const logOf = (release: string) =>
  readFileSync(new URL(`fixtures/${release}-shadow-paging.log`, import.meta.url), 'latin1');

async function heldAgainst(log: string, era: EraName) {
  const model: Model = {
    system: await loadSystem(era, null),
    alphabet: ALPHABETS[0]!,
    paging: 'shadow paging',
  };
  const batch = batchOf('f', model, FIXTURE_WORDS);
  const recording = parseSerial(log);
  const watched = predictWatched(model, FIXTURE_WORDS);
  return {
    faults: recording.faults,
    comparison: compare(batch.sequences, tokensOf(batch, recording)),
    traces: validate(batch, watched, recording),
    story: storyOf('rwCcr', batch, 0, watched[0]!, recording)!,
  };
}

/** The log with one record changed, its sum too: what a kernel might have done. */
function withChanged(log: string, from: RegExp, to: string): string {
  const summed = (text: string) => text.replace(/~[0-9a-f]{4}$/, '');
  const line = log.split('\n').find((text) => from.test(summed(text)))!;
  const changed = summed(line).replace(from, to);
  const sum = sumOf(changed).toString(16).padStart(4, '0');
  return log.replace(line, `${changed}~${sum}`);
}

test('6.1 launders a stale tag as v5.11 does, and nothing else is wrong', async () => {
  const { faults, comparison, traces } = await heldAgainst(logOf('6.1'), 'v5.11');
  expect(faults).toEqual([]);
  const { confirmed, either, mended, unexplained, unknown } = comparison;
  expect(confirmed.map(({ word }) => word)).toEqual(['rwCcr']);
  expect([either, mended, unexplained, unknown]).toEqual([[], [], [], []]);
  expect(traces).toMatchObject({ faults: [], unknown: [] });
  expect(traces.events).toBeGreaterThan(10);
});

test('the story of laundering has the tags of the model beside those of the kernel', async () => {
  const { story } = await heldAgainst(logOf('6.1'), 'v5.11');
  const text = `${storyLines(story).join('\n')}\n`;
  await expect(text).toMatchFileSnapshot('./golden/laundering-6.1.txt');
});

test('6.12 launders by INVLPG too, as v6.12 does', async () => {
  const { comparison, traces } = await heldAgainst(logOf('6.12'), 'v6.12');
  expect(comparison.confirmed.map(({ word }) => word)).toEqual(['rwCcr', 'rwCpr']);
  expect(comparison.unexplained).toEqual([]);
  expect(traces).toMatchObject({ faults: [], unknown: [] });
});

test('what INVLPG does from 6.4 on is not explained by v5.11', async () => {
  const { comparison, traces } = await heldAgainst(logOf('6.12'), 'v5.11');
  expect(comparison.unexplained).toEqual([
    { word: 'rwCpr', port: 'RAM 3', kernel: 'MMIO 0x10', allowed: ['RAM 3'] },
  ]);
  expect(traces.faults.map(({ word }) => word)).toEqual(['rwCp']);
});

test('a kernel that answers rightly has been mended', async () => {
  const log = withChanged(logOf('6.1'), /case f\.0 (.*) m110 $/, 'case f.0 $1 r3 ');
  const { comparison } = await heldAgainst(log, 'v5.11');
  expect(comparison.mended.map(({ word }) => word)).toEqual(['rwCcr']);
  expect(comparison.unexplained).toEqual([]);
});

test('a tag of another generation, or one fault more, is noticed', async () => {
  const other = withChanged(logOf('6.1'), /(trace f\.0 .*mark_mmio_spte.*gen) 6/, '$1 8');
  expect((await heldAgainst(other, 'v5.11')).traces.faults).toHaveLength(1);
  const more = withChanged(
    logOf('6.1'),
    /(trace f\.1 .*): kvm_page_fault: .*240108.*/,
    '$1: mark_mmio_spte: sptep:0 gfn 110 access 7 gen 4 ',
  );
  expect((await heldAgainst(more, 'v5.11')).traces.faults).toHaveLength(1);
});

test('a trace that lacks a line is no trace', async () => {
  const log = logOf('6.1').replace(/^@\d+ trace f\.2 .*mark_mmio_spte.*\n/m, '');
  const { faults, traces } = await heldAgainst(log, 'v5.11');
  expect(faults).toHaveLength(1);
  expect(traces.unknown).toEqual([FIXTURE_WORDS[2]]);
});
