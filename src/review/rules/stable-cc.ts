// SPDX-License-Identifier: GPL-2.0-only
// Will stable kernels get a fix? KVM x86 is not picked by its Fixes: tags: somebody must ask.

import { type Context, type Rule, say } from '../rule.ts';
import type { Row } from '../values.ts';

export const rule: Rule = {
  name: 'stable-cc',
  summary: 'a fix says nothing about stable kernels',
  rows: ({ patch }: Context): Row[] => {
    const isFix = patch.trailers.some(({ key }) => key.toLowerCase() === 'fixes');
    const isAsked = patch.trailers.some(({ value }) => value.includes('stable@vger.kernel.org'));
    if (!isFix || isAsked) return [];
    return [say('human', 'stable-cc', 'should stable kernels have it? There is no Cc: stable')];
  },
};
