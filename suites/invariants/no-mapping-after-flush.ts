// SPDX-License-Identifier: GPL-2.0-only
// Is memory gone from the guest once its slot is gone?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'no-mapping-after-flush',
  number: 'I9',
  statement:
    'After a slot was deleted or moved away, no access that begins later reaches its ' +
    'pages; and no access reaches a page that is not behind its gfn. A page table that was ' +
    'zapped with them is linked nowhere, holds no entry and waits for no sync.',
  rationale:
    'The pages may belong to somebody else by then. And the table is freed in the kernel: a link ' +
    'to it is a use after free, though the model has but one.',
  events: [],
  knownBreaks: [],
};
