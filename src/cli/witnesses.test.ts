// SPDX-License-Identifier: GPL-2.0-only
// Are bugs that break one invariant told apart by how they break it, also where a port has all of
// them as it stands, or none of them?

import { expect, test } from 'vitest';
import type { EraName } from '#vocabulary';
import { regression as half } from '../../mutants/history/half-copied-by-hva-cache.ts';
import { regression as unlogged } from '../../mutants/history/second-page-not-logged.ts';
import { regression as beyond } from '../../mutants/history/wraparound-in-hva-cache.ts';
import { fixOf } from '../review/fixes.ts';
import { witnessesOf } from './witnesses.ts';

const OFTEN = 'mapping/a-page-that-kvm-uses-often-is-looked-up-again';
const HALVES = ['half of a range is read', 'half of a range is written'];
const BEYOND = 'a range beyond the end is found';
const UNLOGGED = 'of two pages of a slot that were written the second is not logged';

const CASES = [
  ['mended in the era', unlogged, 'v3.19', [UNLOGGED]],
  ['one of three that v3.17 has', unlogged, 'v3.17', [UNLOGGED]],
  ['one of two that v3.19 has', half, 'v3.19', HALVES],
  ['mended long ago, in an era that cannot have it', unlogged, 'v6.12', [UNLOGGED]],
  ['a mutant of the era', beyond, 'v5.11', [BEYOND]],
] as const;

test.each(CASES)('%s', async (_, regression, era, details) => {
  const found = await witnessesOf(regression, era as EraName);
  expect(found.scenarios).toContain(OFTEN);
  expect([...found.details].filter((detail) => details.includes(detail as never)).sort()).toEqual(
    [...details].sort(),
  );
  const { counts } = fixOf(regression, found.scenarios, found.details);
  const known = [...HALVES, BEYOND, UNLOGGED];
  expect(known.filter((detail) => counts(detail, 'hva-cache-exact')).sort()).toEqual(
    [...details].sort(),
  );
});

test('a way that no kernel is known for counts, and any if nobody knows how the bug shows', () => {
  const { counts } = fixOf(unlogged, [OFTEN], new Set([UNLOGGED]));
  expect(counts('a read is not where the slots say', 'hva-cache-exact')).toBe(true);
  expect(fixOf(unlogged, [OFTEN], new Set()).counts(BEYOND, 'hva-cache-exact')).toBe(true);
});
