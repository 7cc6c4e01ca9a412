// SPDX-License-Identifier: GPL-2.0-only
// Is what a run of all families once found alive still killed, and by what was written for it? A
// mutant for each gap of docs/decisions/0018-what-all-families-showed.md and of
// 0021-what-nobody-had-asked.md: a whole run is long.

import { expect, test } from 'vitest';
import { onMutant } from '#lab/patched';
import { allMutants } from '#lab/registry';
import { INVARIANTS, SCENARIOS } from '#lab/suites';
import { runUnit, violationText } from '#lab/unit';

const mutants = new Map(
  (await allMutants(['v3.17', 'v5.11', 'v6.12'])).map((mutant) => [mutant.id, mutant]),
);

const SLOTS = 'guest-page-tables/any-order-of-operations.slots';
const MAPPINGS = 'guest-page-tables/any-order-of-operations.mappings';
const CHANGED = 'guest-page-tables/an-entry-that-changes-is-asked-again.1v0u1f';
const OFTEN = 'mapping/a-page-that-kvm-uses-often-is-looked-up-again';

test.each([
  [
    'v3.17/kvm_mmu_page_unlink_children/change-literal.2857',
    SLOTS,
    'no-mapping-after-flush: a zapped page table is still full',
  ],
  [
    'v3.17/kvm_mmu_prepare_zap_page/drop-statement.a919',
    SLOTS,
    'no-mapping-after-flush: a zapped page table is still unsync',
  ],
  [
    'v3.17/kvm_mmu_unlink_parents/drop-statement.7313',
    SLOTS,
    'no-mapping-after-flush: a zapped page table is still linked',
  ],
  [
    'v3.17/paging64_sync_page/change-literal.ee3d',
    MAPPINGS,
    'sync-follows-guest: a page table without entries is kept',
  ],
  ['v3.17/paging64_page_fault/change-literal.2857-4', MAPPINGS, 'memory-as-asked: KVM gives up'],
  ['v3.17/paging64_fetch/change-literal.2857', CHANGED, 'sync-follows-guest: lookup'],
  [
    'v3.17/kvm_write_guest_cached/drop-statement.8e92',
    OFTEN,
    'hva-cache-exact: a page that was written is not logged',
  ],
  [
    'v5.11/kvm_free_memslots/stop-one-early.3341',
    'creation/a-vm-that-ends-owns-nothing',
    'freed-exactly-once: memory of a slot is never freed',
  ],
  [
    'v5.11/kvm_read_guest/swap-neighbours.1b97',
    'mapping/a-page-that-kvm-uses-is-where-the-slots-say.half-read.0v1u0f',
    'hva-cache-exact: half of a range is taken for all',
  ],
  [
    'v5.11/paging64_fetch/drop-statement.e512',
    'guest-page-tables/a-right-taken-before-a-flush-is-gone.1v0u1f',
    'sync-follows-guest: a right is there that was taken before a flush',
  ],
  [
    'v5.11/x86_cache_bits/change-literal.be61',
    'spte/an-entry-without-memory-leads-nowhere',
    'spte-bits: an entry without memory leads to some',
  ],
  [
    'v5.11/rsvd_bits/change-literal.2eea',
    'mmio-cache/memory-met-by-a-fault-is-no-bug.2v1u2f',
    'no-kernel-warning: handle_mmio_page_fault',
  ],
  [
    'v5.11/get_mmio_spte/drop-statement.3e21',
    'mmio-cache/a-walk-that-finds-nothing-says-so',
    'undefined-is-not-mmio: read of spte->val on the stack',
  ],
  [
    'v6.12/KVM_MEM_MAX_NR_PAGES/mask-edge-off-by-one.1',
    'ioctl/a-slot-has-so-many-pages-at-most',
    'arguments-checked: 2147483648 pages: 0, not -22',
  ],
  [
    'v6.12/kvm_mmu_invalidate_range_add/drop-statement.b89b',
    'notifier/no-page-is-mapped-that-is-taken-back.upward.1v0u1f',
    'no-mapping-after-flush: ',
  ],
  [
    'v6.12/kvm_mmu_invalidate_range_add/drop-statement.e3bf',
    'notifier/no-page-is-mapped-that-is-taken-back.downward.1v0u1f',
    'no-mapping-after-flush: ',
  ],
  [
    'v6.12/kvm_mmu_set_mmio_spte_mask/change-literal.2eea-2',
    'spte/a-value-that-marks-nothing-is-refused',
    'spte-bits: a value that marks nothing is kept',
  ],
])('%s in %s breaks %s', async (name, id, broken) => {
  const mutant = mutants.get(name);
  if (mutant === undefined) throw new Error(`there is no mutant ${name} any more`);
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
