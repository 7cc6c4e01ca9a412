// SPDX-License-Identifier: GPL-2.0-only
// With which module parameters must the author have run the selftests and kvm-unit-tests? Derived
// from what is touched; that it was done only people can say.

import { type Context, type Rule, say } from '../rule.ts';
import type { Row } from '../values.ts';

const SHADOW = /^(FNAME|sync_|mmu_set_spte|mark_mmio_spte|(non)?paging_|shadow_|drop_spte|rmap)/;

export const rule: Rule = {
  name: 'test-matrix',
  summary: 'which runs the touched functions ask for',
  rows: ({ sides }: Context): Row[] => {
    const code = sides.filter(({ nature }) => nature === 'code' || nature === 'moves');
    if (!code.some(({ path }) => path.startsWith('arch/x86/') || path.startsWith('virt/')))
      return [];
    const isShadow = code.some(
      ({ path, owner }) => path.endsWith('paging_tmpl.h') || SHADOW.test(owner?.name ?? ''),
    );
    const isMmu = code.some(({ path }) => /\/mmu(\/|\.)|spte/.test(path));
    const isMmio = code.some(({ removed, added }) => /mmio/i.test(removed + added));
    const runs = [
      'selftests and kvm-unit-tests on Intel and AMD',
      ...(isShadow ? ['ept=0 and npt=0 (mandatory)'] : isMmu ? ['ept=0 and npt=0'] : []),
      ...(isMmu ? ['tdp_mmu=0'] : []),
      ...(isMmio ? ['mmio_caching=0'] : []),
    ];
    return [say('human', 'test-matrix', runs.join('; '))];
  },
};
