// SPDX-License-Identifier: GPL-2.0-only
// When a mutant is compared with its port, does what threads beside the vCPUs and the updater were
// answered count?

import { expect, test } from 'vitest';
import type { EraName } from '#vocabulary';
import { see } from './compare.ts';
import { SCENARIOS } from './suites.ts';
import type { Unit } from './unit.ts';
import { loadSystem } from './variants.ts';
import { outcomeText } from './witness.ts';

async function ends(id: string, mmio: Unit['mmio'], era: EraName = 'v5.11'): Promise<string[]> {
  const system = await loadSystem(era, null);
  const scenario = SCENARIOS.find((one) => one.id === id)!;
  const unit: Unit = { scenario, mmio, memoryModel: 'sc', budgetStates: null };
  return see(system, unit).texts.map(outcomeText);
}

test('what KVM has copied, and that it was refused, is part of an end', async () => {
  const texts = await ends(
    'mapping/a-page-that-kvm-uses-is-where-the-slots-say.half-read.0v1u0f',
    'ept',
  );
  const told = texts.map((text) => /who is beside them did ([^;]*)/.exec(text)?.[1]);
  expect(told.some((text) => /^read 0x/.test(text!))).toBe(true);
  expect(told.some((text) => text!.startsWith('read refused'))).toBe(true);
  expect(told).toContain('finds -14');
});

test('what another processor of the guest was answered is part of an end', async () => {
  const texts = await ends(
    'guest-page-tables/a-right-taken-before-a-flush-is-gone.1v0u1f',
    'shadow',
  );
  expect(texts.some((text) => text.includes('who is beside them did guest-fault'))).toBe(true);
});

test('the host that takes memory back is answered nothing, and shows nothing', async () => {
  const texts = await ends('notifier/no-page-is-mapped-that-is-taken-back.1v0u1f', 'ept', 'v6.12');
  expect(texts.length).toBeGreaterThan(0);
  expect(texts.filter((text) => text.includes('who is beside them'))).toEqual([]);
});
