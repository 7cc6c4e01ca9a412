// SPDX-License-Identifier: GPL-2.0-only
// Is what a run of all families once found alive still killed, and by what was written for it? A
// mutant for each gap of docs/decisions/0018-what-all-families-showed.md: a whole run is long.

import { expect, test } from 'vitest';
import { onMutant } from '#lab/patched';
import { allMutants } from '#lab/registry';
import { INVARIANTS, SCENARIOS } from '#lab/suites';
import { runUnit, violationText } from '#lab/unit';

const mutants = new Map((await allMutants(['v3.17'])).map((mutant) => [mutant.id, mutant]));

const SLOTS = 'guest-page-tables/any-order-of-operations.slots';
const MAPPINGS = 'guest-page-tables/any-order-of-operations.mappings';
const CHANGED = 'guest-page-tables/an-entry-that-changes-is-asked-again.1v0u1f';
const OFTEN = 'mapping/a-page-that-kvm-uses-often-is-looked-up-again';

test.each([
  [
    'kvm_mmu_page_unlink_children/change-literal.2857',
    SLOTS,
    'no-mapping-after-flush: a zapped page table is still full',
  ],
  [
    'kvm_mmu_prepare_zap_page/drop-statement.a919',
    SLOTS,
    'no-mapping-after-flush: a zapped page table is still unsync',
  ],
  [
    'kvm_mmu_unlink_parents/drop-statement.7313',
    SLOTS,
    'no-mapping-after-flush: a zapped page table is still linked',
  ],
  [
    'paging64_sync_page/change-literal.ee3d',
    MAPPINGS,
    'sync-follows-guest: a page table without entries is kept',
  ],
  ['paging64_page_fault/change-literal.2857-4', MAPPINGS, 'memory-as-asked: KVM gives up'],
  ['paging64_fetch/change-literal.2857', CHANGED, 'sync-follows-guest: lookup'],
  [
    'kvm_write_guest_cached/drop-statement.8e92',
    OFTEN,
    'hva-cache-exact: a page that was written is not logged',
  ],
])('%s in %s breaks %s', async (name, id, broken) => {
  const mutant = mutants.get(`v3.17/${name}`);
  if (mutant === undefined) throw new Error(`v3.17 has no mutant ${name} any more`);
  const scenario = SCENARIOS.find((one) => one.id === id)!;
  const unit = {
    scenario,
    mmio: scenario.host.mmio[0]!,
    memoryModel: 'sc',
    budgetStates: null,
  } as const;
  const { violations } = await onMutant(mutant, (system) => runUnit(system, unit, INVARIANTS));
  const texts = violations.map(violationText);
  expect(texts.some((text) => text.startsWith(broken))).toBe(true);
});
