// SPDX-License-Identifier: GPL-2.0-only
// Is each piece of a fix found in the port that has it, and missed in the mutant that lacks it? A
// port is asked like a tree, so every question is asked in both directions.

import { describe, expect, test } from 'vitest';
import { portOf } from '#lab/ports';
import { loadMakers } from '#lab/registry';
import { loadSystem } from '#lab/variants';
import { mutantOfRegression, mutantsOfPort } from '#mutation/make';
import type { EraName, SystemUnderTest } from '#vocabulary';
import { loadFixes } from '../review/fixes.ts';
import { answerOf } from './backport-result.ts';
import { loadEra } from './subjects.ts';

/** Mutants of an era are made once. */
const made = new Map<EraName, ReturnType<typeof mutantsOfPort>>();

async function systemOf(id: string): Promise<SystemUnderTest> {
  const era = id.split('/')[0] as EraName;
  const makers = await loadMakers();
  const regression = makers.regressions.find(({ name }) => id === `${era}/history/${name}`);
  if (regression !== undefined)
    return loadSystem(era, mutantOfRegression(portOf(era), regression)!);
  const mutants = made.get(era) ?? mutantsOfPort(portOf(era), makers);
  made.set(era, mutants);
  return loadSystem(era, mutants.find((mutant) => mutant.id === id)!);
}

const PIECES = (await loadFixes()).flatMap((fix) =>
  fix.pieces.map((piece) => ({ ...piece, fix: fix.name })),
);

describe.each(PIECES.filter(({ without }) => without !== null))(
  '$fix: $name',
  ({ isThere, without }) => {
    const era = without!.split('/')[0] as EraName;

    test(`is there in the port of ${era}`, async () => {
      expect(answerOf({ isThere }, (await loadEra(era)).system, null)).toBe('yes');
    });

    test(`is not there in ${without}`, async () => {
      expect(answerOf({ isThere }, await systemOf(without!), null)).toBe('no');
    });
  },
);

test.each(PIECES.filter(({ without }) => without === null))(
  '$fix: $name is there in the port of v6.12',
  async ({ isThere }) => {
    expect(answerOf({ isThere }, (await loadEra('v6.12')).system, null)).toBe('yes');
  },
);

test('what both halves of a fix are is not there in a port without the fix', async () => {
  const system = await systemOf('v6.12/history/vcpu-cache-wrong-address-space');
  const pieces = PIECES.filter(({ fix }) => fix === 'vcpu-cache-wrong-address-space');
  expect(pieces.map(({ isThere }) => answerOf({ isThere }, system, null))).toEqual(['no', 'no']);
});

test('a move that fails leaves the slot invalid in a port without the fix', async () => {
  const system = await systemOf('v6.12/history/failed-delete-leaves-invalid');
  const [, move] = PIECES.filter(({ fix }) => fix === 'failed-delete-leaves-invalid');
  expect(answerOf(move!, system, null)).toBe('no');
});
