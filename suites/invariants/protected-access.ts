// SPDX-License-Identifier: GPL-2.0-only
// Is memory used only while it is protected?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'protected-access',
  number: 'I18',
  statement:
    'The pointer to the slots is followed only inside a read-side section or under ' +
    'slots_lock, an SPTE is written only under mmu_lock, and freed memory is never touched.',
  rationale:
    'A set of slots is freed when its readers are gone. Whoever reads it without being ' +
    'counted as a reader reads memory of somebody else. Who writes an SPTE without the lock may ' +
    'overwrite what another CPU has just put there.',
  events: ['use-after-free', 'suspicious-dereference', 'unprotected-write', 'bad-free'],
  knownBreaks: [],
};
