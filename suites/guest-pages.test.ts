// SPDX-License-Identifier: GPL-2.0-only
// Which eras launder a stale decision when a page table of the guest is synchronised, and does the
// corrected rule end it? What is found is found by trying all sequences: none is given.

import { describe, expect, test } from 'vitest';
import { eraNames } from '#lab/ports';
import { allMutants } from '#lab/registry';
import { loadSystem } from '#lab/variants';
import type { EraName } from '#vocabulary';
import { LETTERS, told } from './guest-letters.ts';
import { scenarios as besideUpdates } from './guest-page-tables/a-created-slot-is-seen-after-a-sync.ts';
import { scenarios } from './guest-page-tables/any-order-of-operations.ts';
import { concerns, runScenario } from './run.ts';
import { runSequential } from './sequential.ts';

const eras = eraNames().filter((era) => scenarios.some((scenario) => concerns(scenario, era)));
const controls = (await allMutants(eras)).filter(
  ({ name }) => name === 'old-entry-dropped-at-sync',
);

const systemOf = (era: EraName, control: string | null) =>
  loadSystem(era, controls.find(({ id }) => id === control) ?? null);

async function found(era: EraName, control: string | null): Promise<string[]> {
  const system = await systemOf(era, control);
  const mine = scenarios.filter((one) => concerns(one, era));
  const events = mine.flatMap((one) => runSequential(system, one, 'shadow').events);
  return [...new Set(events.map(({ kind, detail }) => `${kind}: ${detail}`))];
}

/** The cache of v3.16 has no number, so it needs no sync to be stale. */
const OLD_CACHE = `stale-after-update: vCPU cache: ${told('rCr')}`;
const oldCache = (era: EraName) => (era === 'v3.16' ? [OLD_CACHE] : []);

const tagged = (word: string, by = '', isNested = false) =>
  `no-retag-without-lookup: an old entry is tagged anew${by}: ${told(word, isNested)}`;
const stale = (word: string, isNested = false) =>
  `stale-after-update: SPTE, after an old entry was tagged anew: ${told(word, isNested)}`;

const IN_ALL = [tagged('rwCc'), stale('rwCcr')];
const WITH_NESTED = [tagged('rwCc', '', true), stale('rwCcr', true)];
/** Since v6.4 the flush of one address is a sync as well, and so is a fault of the guest's own. */
const FLUSHED_ALONE = [
  tagged('rwCp', ' by INVLPG'),
  tagged('raCW', ' by an access'),
  stale('raCWr'),
  tagged('raCW', ' by an access', true),
];

const LAUNDERED: Readonly<Partial<Record<EraName, readonly string[]>>> = {
  'v5.11': [...IN_ALL, ...WITH_NESTED],
  'v6.12': [...IN_ALL, ...WITH_NESTED, ...FLUSHED_ALONE],
};

describe.each(eras)('%s', (era) => {
  test('four steps lead to a tag without a lookup, and a fifth to a stale answer', async () => {
    const expected = [...oldCache(era), ...(LAUNDERED[era] ?? IN_ALL)];
    expect((await found(era, null)).sort()).toEqual([...expected].sort());
  });

  test('nothing is laundered if a sync drops entries with an old number', async () => {
    expect(await found(era, `${era}/controls/old-entry-dropped-at-sync`)).toEqual(oldCache(era));
  });
});

const beside = eras.flatMap((era) =>
  besideUpdates.filter((one) => concerns(one, era)).map((one) => ({ era, one })),
);
test.each(beside)(
  '$era: beside an update, a sync launders; the corrected one does not',
  async ({ era, one }) => {
    const invariants = async (control: string | null) => {
      const setting = { mmio: 'shadow', memoryModel: 'sc' } as const;
      const { events, isComplete } = runScenario(await systemOf(era, control), one, setting);
      expect(isComplete).toBe(true);
      return [...new Set(events.map(({ kind }) => kind))].sort();
    };
    expect(await invariants(null)).toContain('no-retag-without-lookup');
    expect(await invariants(`${era}/controls/old-entry-dropped-at-sync`)).toEqual([]);
  },
);

test('a word is told step by step', () => {
  expect(told('rc')).toBe(`${LETTERS.r}; ${LETTERS.c}`);
});
