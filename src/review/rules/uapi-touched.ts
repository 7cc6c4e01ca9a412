// SPDX-License-Identifier: GPL-2.0-only
// Does the interface to userspace change? What is in it stays for ever.

import { type Context, type Rule, say } from '../rule.ts';
import { pathsOf } from '../scope.ts';
import type { Row } from '../values.ts';

export const rule: Rule = {
  name: 'uapi-touched',
  summary: 'headers of userspace change',
  rows: ({ patch }: Context): Row[] => {
    const paths = pathsOf(patch).filter((path) => path.includes('include/uapi/'));
    if (paths.length === 0) return [];
    const text = `documented, off by default, the same for 32 bits? ${paths.join(', ')}`;
    return [say('human', 'uapi-touched', text)];
  },
};
