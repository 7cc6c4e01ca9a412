// SPDX-License-Identifier: GPL-2.0-only
// What if the wrap is looked for after the final number is stored?

import { flaggedInstalls } from '#mutation/flagged-install';
import type { Operator } from '#mutation/mutant';
import { moveTo } from '#mutation/statements';

/**
 * To store first and tell others then is the usual order. But the number may have made the round:
 * until the old entries are zapped, those that hold it are valid again.
 */
export const operator: Operator = {
  name: 'hook-after-store',
  family: 'order',
  summary: 'The architecture is told of the final number after it is stored.',
  places: ({ node }) =>
    flaggedInstalls(node).flatMap(({ hook, stored, field }) =>
      hook === null
        ? []
        : [
            {
              changes: moveTo(hook, stored),
              description: `kvm_arch_memslots_updated() comes after ${field} is stored`,
            },
          ],
    ),
};
