// SPDX-License-Identifier: GPL-2.0-only
// What if a deletion that fails leaves the slot invalid?

import { following } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { callStatements, drop, replaceNode } from '#mutation/statements';

/**
 * The error path frees what was allocated and drops what was locked, and forgets that something was
 * published. The guest has lost its memory, though userspace was told that nothing happened.
 */
export const operator: Operator = {
  name: 'no-reinstall-on-failure',
  family: 'flow',
  summary: 'After an error the invalid slot stays installed.',
  places: ({ node }) =>
    callStatements(node, /^kvm_activate_memslot$/)
      .filter(({ call }) => /^\(?.*, invalid_slot!?, old!?\)$/.test(call.getText()))
      .map(({ statement, call }) => {
        const kvm = call.getArguments()[0]!.getText();
        const frees = following(statement).filter((s) => /^kfree\(/.test(s.getText()));
        return {
          changes: [
            replaceNode(statement, `mutex_unlock(${kvm}.slots_arch_lock);`),
            ...frees.map(drop),
          ],
          description: 'the invalid slot stays installed',
        };
      }),
};
