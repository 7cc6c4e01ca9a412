// SPDX-License-Identifier: GPL-2.0-only
// Does each rule find what it is for, and is it quiet about what only looks like it?

import { expect, test } from 'vitest';
import type { SystemUnderTest } from '#vocabulary';
import { direct } from '../../reference/direct.ts';
import { knowledge } from '../cli/review-knowledge.ts';
import type { Patch } from '../patch/values.ts';
import { GENERATION_BITS } from './constants.ts';
import { diffOf, mailOf, patchOf } from './fixture-patch.ts';
import { reviewOf } from './review.ts';
import type { Example } from './shape.ts';
import type { Row } from './values.ts';

const known = { ...(await knowledge()), evidence: null };

function rowsOf(patch: Patch, series: readonly Patch[] = [patch]): readonly Row[] {
  return reviewOf(series, known, 'v6.12').patches[series.indexOf(patch)]!.rows;
}

/** `word name` of the rows that are not risks. */
const said = (patch: Patch, series?: readonly Patch[]) =>
  rowsOf(patch, series)
    .filter(({ word }) => word !== 'risk')
    .map(({ word, name }) => `${word} ${name}`);
const asked = (example: Example, path?: string) =>
  said(patchOf(diffOf(example, path))).filter((row) => row.startsWith('ask'));

test.each([
  ['-\trcu_assign_pointer(kvm->memslots[0], s);', '+\tkvm->memslots[0] = s;'],
  ['-\ts = srcu_dereference(kvm->memslots, &kvm->srcu);', '+\ts = kvm->memslots;'],
  ['-\tslot = READ_ONCE(memslots->last_used_slot);', '+\tslot = memslots->last_used_slot;'],
  ['-\tidx = srcu_read_lock(&kvm->srcu);'],
  ['-\tsmp_wmb();', ' \tkvm_memslots(kvm);'],
])('a marking that is dropped is asked about: %s', (...lines) => {
  expect(asked(['kvm_other', ...lines])).toEqual(['ask marking-dropped']);
});

test.each([
  ['-\tslot = READ_ONCE(memslots->last);', '+\tslot = READ_ONCE(memslots->last_used);'],
  ['-\tsmp_mb(); /* memslots */', '+\tsmp_mb(); /* pairs with memslots */'],
  ['-\tidx = srcu_read_lock(&kvm->srcu);', '+\tsrcu = srcu_read_lock(&kvm->srcu);'],
])('a marking that stays is not: %s', (...lines) => {
  expect(asked(['kvm_other', ...lines])).toEqual([]);
});

test('a function that is removed as a whole drops no marking', () => {
  const lines = ['-static int gone(void)', '-{', '-\treturn READ_ONCE(slots->generation);', '-}'];
  expect(asked(['other', ' }', ' ', ...lines])).toEqual([]);
});

test('a reader of the generation is news in a function that is not known to be one', () => {
  const line = '+\tif (c->gen == kvm_memslots(kvm)->generation)';
  expect(asked(['kvm_new_cache', line])).toEqual(['ask unknown-reader']);
  expect(asked(['check_mmio_spte', line])).toEqual([]);
  expect(asked(['kvm_pmu', '+\tif (pmu->generation == x)'])).toEqual([]);
});

test('bits that move are asked about unless the patch asserts that they stay apart', () => {
  const path = 'arch/x86/kvm/mmu/spte.h';
  const moved = ['-#define MMIO_SPTE_GEN_LOW_END 10', '+#define MMIO_SPTE_GEN_LOW_END 11'];
  const assertion = '+static_assert(MMIO_SPTE_GEN_LOW_END < 12);';
  const names = ['ask bit-ranges-asserted', 'ask docs-agree'];
  expect(asked(['MMIO_SPTE_GEN_LOW_END', ...moved], path)).toEqual(names);
  expect(asked(['MMIO_SPTE_GEN_LOW_END', ...moved, assertion], path)).toEqual(['ask docs-agree']);
  const spaced = ['-#define MMIO_SPTE_GEN_LOW_END 10', '+#define MMIO_SPTE_GEN_LOW_END\t10'];
  expect(asked(['MMIO_SPTE_GEN_LOW_END', ...spaced], path)).toEqual([]);
});

test('the document of the MMU must count as the code does', () => {
  const counted = (words: string) =>
    asked(
      ['x', ' MMIO sptes remember the generation.', `+KVM keeps ${words} of it.`],
      'Documentation/virt/kvm/x86/mmu.rst',
    );
  expect(counted('18 bits')).toEqual(['ask docs-agree']);
  expect(counted('eighteen bits')).toEqual(['ask docs-agree']);
  expect(counted('19 bits')).toEqual([]);
});

test.each(known.eras)(
  'the bits that documents are held to are those of the port of %s',
  async (era) => {
    const url = new URL(`../../reference/systems/${era}.ts`, import.meta.url);
    const { system } = (await import(url.href)) as { system: SystemUnderTest };
    const { result: max } = direct(system, {}, (vm) => vm.mmio.generationMax());
    expect(2 ** GENERATION_BITS[era] - 1).toBe(max);
  },
);

const CODE = diffOf(['check_mmio_spte', '-\tu64 a = gen;', '+\tu64 b = gen + 1;']);

test.each([
  ['x86/kvm: fix it.', 'note shortlog-form'],
  ['KVM: x86/mmu: fix it', 'note shortlog-form'],
  [`KVM: x86/mmu: ${'Long '.repeat(20)}`, 'note shortlog-form'],
  ['KVM: x86/mmu: Do it', 'ok shortlog-form'],
])('the subject %s: %s', (subject, row) => {
  expect(said(mailOf(subject, 'Why.', CODE))).toContain(row);
});

test('functions without parentheses, fixes without tags and series without base are noted', () => {
  const rows = said(mailOf('KVM: Fix a bug', 'It is in check_mmio_spte.', CODE));
  expect(rows).toContain('note function-parens');
  expect(rows).toContain('note fixes-tag');
  expect(rows).toContain('note base-commit');
  const good = mailOf('KVM: Fix a bug', 'See check_mmio_spte().', `${CODE}base-commit: 01234567\n`);
  expect(said(good)).not.toContain('note function-parens');
  expect(said(good)).not.toContain('note base-commit');
});

test('a fix says what it fixes, whom it concerns and how it was found', () => {
  const fixes = 'Why.\n\nFixes: 0123456789ab ("KVM: x")';
  const fix = mailOf('KVM: Fix it', fixes, CODE);
  expect(said(fix)).toEqual(expect.arrayContaining(['ok fixes-tag', 'human stable-cc']));
  expect(said(fix)).toContain('human tests-in-series');
  const path = 'tools/testing/selftests/kvm/a_test.c';
  const selftest = mailOf('KVM: selftests: Test it', '', diffOf(['a', '+\tb();'], path));
  expect(said(fix, [fix, selftest])).toContain('ok tests-in-series');
  expect(said(fix, [selftest, fix])).toContain('note tests-in-series');
  expect(said(mailOf('KVM: Fix it', 'Fixes: 0123 x', CODE))).toContain('note fixes-tag');
});

test('what only people can tell stays open', () => {
  const lines = ['+\tslot = gfn_to_memslot(kvm, gfn);', '+\tWARN_ON_ONCE(!slot);'];
  const rows = said(patchOf(diffOf(['kvm_other', ...lines], 'arch/x86/kvm/mmu/mmu.c')));
  expect(rows).toEqual(['human protected-access', 'human no-kernel-warning', 'human test-matrix']);
  const uapi = diffOf(['x', '+#define KVM_MEM_X 8 /* memslot */'], 'include/uapi/linux/kvm.h');
  expect(said(patchOf(uapi + CODE))).toContain('human uapi-touched');
});

test('a barrier without a comment is noted', () => {
  const lines = ['+\tsmp_wmb();', '+\tkvm->memslots = slots;'];
  expect(said(patchOf(diffOf(['kvm_memslots_x', ...lines])))).toContain('note barrier-comment');
  const commented = ['+\t/* Pairs with x. */', ...lines];
  expect(said(patchOf(diffOf(['kvm_memslots_x', ...commented])))).not.toContain(
    'note barrier-comment',
  );
});
