// SPDX-License-Identifier: GPL-2.0-only
// What if a vCPU's pointer to the slot that it used last outlives the slot?

import { statementsIn } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { drop } from '#mutation/statements';

/**
 * The new number is noted and the pointer kept: it is "only a hint, and checked". But the check
 * reads the slot, which may be freed, or be one of another address space.
 */
export const operator: Operator = {
  name: 'vcpu-slot-pointer-kept',
  family: 'containers',
  summary: "A vCPU's pointer to its last slot is kept when the slots change.",
  places: ({ node }) =>
    statementsIn(node)
      .filter((statement) => /^vcpu\.last_used_slot = null;$/.test(statement.getText()))
      .filter((statement) => /last_used_slot_gen/.test(statement.getParent()?.getText() ?? ''))
      .map((statement) => ({
        changes: [drop(statement)],
        description: 'the pointer to the last slot is kept',
      })),
};
