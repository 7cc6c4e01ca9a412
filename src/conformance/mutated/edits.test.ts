// SPDX-License-Identifier: GPL-2.0-only
// Does an edit land in the function that it names, exactly once, or stop the build?

import { expect, test } from 'vitest';
import { allMutants } from '#lab/registry';
import { KERNEL_EDITS, KERNEL_MUTANTS, type KernelEdit, withEdits } from './edits.ts';

const text = [
  'static bool other(int a);',
  '',
  'static bool other(int a)',
  '{',
  '\treturn a == 1;',
  '}',
  '',
  'int noinline wanted(struct kvm *kvm,',
  '\t\t    int a)',
  '{',
  '\tif (a)',
  '\t\tother(a);',
  '\treturn a == 1;',
  '}',
  '',
].join('\n');
const edit: KernelEdit = {
  file: 'virt/kvm/kvm_main.c',
  function: 'wanted',
  anchor: 'a == 1',
  replacement: 'a == 2',
};

test('an edit changes its function and no other', () => {
  expect(withEdits(text, [edit])).toBe(text.replace(/a == 1(?![\s\S]*a == 1)/, 'a == 2'));
});

test('an anchor that is not there, or twice, is lost, and so is a function', () => {
  const lost = (change: Partial<KernelEdit>) => () => withEdits(text, [{ ...edit, ...change }]);
  expect(lost({ anchor: 'a == 7' })).toThrow(
    "anchor lost: virt/kvm/kvm_main.c has 0 times 'a == 7'",
  );
  expect(lost({ anchor: 'a' })).toThrow('anchor lost');
  expect(lost({ function: 'nobody' })).toThrow('has no nobody()');
});

test('a mutant of the kernel has the id of one of the port, and an edit', async () => {
  const ids = new Set((await allMutants(['v6.12'])).map(({ id }) => id));
  const numbers = KERNEL_EDITS.flatMap(({ replacement }) =>
    [...replacement.matchAll(/KVM_MUTANT\((\d+)\)/g)].map(([, digits]) => Number(digits)),
  );
  for (const { id, number } of KERNEL_MUTANTS) {
    expect(ids).toContain(id);
    expect(numbers).toContain(number);
  }
});

test('anchors are a few words of the kernel, no more', () => {
  for (const { anchor } of KERNEL_EDITS) expect(anchor.length).toBeLessThanOrEqual(70);
});
