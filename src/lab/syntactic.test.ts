// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { eraNames } from './ports.ts';
import { allMutants } from './registry.ts';
import { syntacticCorpus } from './syntactic.ts';

test.each(eraNames())(
  "Stryker's rules make mutants of %s, some of them twins of ours, some that do not type check",
  async (era) => {
    const ours = await allMutants([era]);
    const { mutants, refused, twins } = await syntacticCorpus(era, ours);
    expect(mutants.length).toBeGreaterThan(200);
    expect(refused.length).toBeGreaterThan(20);
    expect(twins).toBeGreaterThan(20);
    const ids = [...ours, ...mutants, ...refused].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(mutants.every(({ edits }) => edits.length === 1)).toBe(true);
  },
);
