// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf, mutantsOfFile } from '#mutation/mutants-of';
import { operator } from './reader-lock-dropped-mid-exit.ts';

test('reader-lock-dropped-mid-exit drops and takes the lock behind the decision', () => {
  const text =
    "import { f } from './f.ts';\nfunction port() { if (try_async_pf(v)) return 0; f(); }";
  expect(mutantsOfFile(operator, text)).toEqual([
    "import { srcu_read_lock } from '#linux/srcu'; import { srcu_read_unlock } from " +
      "'#linux/srcu'; import { f } from './f.ts'; " +
      'function port() { if (try_async_pf(v)) return 0; ' +
      'srcu_read_unlock(vcpu.kvm!.srcu, vcpu.srcu_idx); ' +
      'vcpu.srcu_idx = srcu_read_lock(vcpu.kvm!.srcu); f(); }',
  ]);
});

test('reader-lock-dropped-mid-exit leaves other calls alone', () => {
  expect(mutantsOf(operator, 'if (is_mmio_spte(spte)) f(); try_async_pf(v);')).toEqual([]);
});
