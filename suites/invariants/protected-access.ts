// SPDX-License-Identifier: GPL-2.0-only
// Is memory used only while it is protected?

import type { Invariant } from '../invariant.ts';

const FOLLOWED = ['kvm->memslots in kvm_memslots', 'kvm_memslots'];
const FREED = [
  'read of kvm_memslots->generation',
  'read of kvm_memslots->memslots[0].base_gfn',
  'read of kvm_memslots->memslots[0].flags',
  'read of kvm_memslots->memslots[0].npages',
  'read of kvm_memslots->memslots[0].userspace_addr',
];
const BY_SIZE = [...FOLLOWED, ...FREED, 'read of kvm_memslots->memslots[1].npages'];
const BY_GFN = [
  ...FOLLOWED,
  ...FREED,
  'read of kvm_memslots->lru_slot.counter',
  'read of kvm_memslots->used_slots',
];
const VAPIC_ADDR = {
  because:
    'KVM_SET_VAPIC_ADDR looks up a page of the guest outside of any read-side section: an update ' +
    'frees the slots while they are read. Mended in v4.9 by 7301d6abaea9.',
  claims: [
    'mapping/a-page-named-by-userspace-is-found-by-a-reader',
    'mapping/a-page-that-kvm-uses-is-where-the-slots-say',
  ],
};

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
  knownBreaks: [
    { era: 'v3.16', details: BY_SIZE, ...VAPIC_ADDR },
    { era: 'v3.17', details: BY_SIZE, ...VAPIC_ADDR },
    { era: 'v3.19', details: BY_GFN, ...VAPIC_ADDR },
  ],
};
