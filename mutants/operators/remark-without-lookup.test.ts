// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './remark-without-lookup.ts';

const CHECK = 'if (!check_mmio_spte(kvm, spte)) return RET_MMIO_PF_INVALID;';

test('remark-without-lookup tags the entry and goes on', () => {
  expect(mutantsOf(operator, CHECK, 'function handle_mmio_page_fault_common(vcpu)')).toEqual([
    'if (!check_mmio_spte(kvm, spte)) ' +
      'mark_mmio_spte(vcpu.kvm!, shadow_walk_init(vcpu, addr), gfn, access);',
  ]);
});

test('remark-without-lookup leaves other functions and other answers alone', () => {
  expect(mutantsOf(operator, CHECK)).toEqual([]);
  expect(
    mutantsOf(operator, 'return RET_MMIO_PF_RETRY;', 'function handle_mmio_page_fault_common()'),
  ).toEqual([]);
});
