// SPDX-License-Identifier: GPL-2.0-only
// Which functions does --functions name, and in which eras are they?

import { expect, test } from 'vitest';
import { erasWith, functionsOption } from './functions-option.ts';

test('eras without the functions are left out, and what no era has is no function', () => {
  const all = ['v3.17', 'v5.11', 'v6.12'] as const;
  const named = functionsOption({ functions: 'kvm_free_memslots' }, all);
  expect(erasWith(named, all)).toEqual(['v5.11', 'v6.12']);
  expect(erasWith([], all)).toEqual(all);
  const misspelt = () => functionsOption({ functions: 'kvm_free_memslot5' }, all);
  expect(misspelt).toThrow(
    /there is no function 'kvm_free_memslot5'; did you mean kvm_free_memslot/,
  );
});
