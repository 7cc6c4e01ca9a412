// SPDX-License-Identifier: GPL-2.0-only
// Userspace names a page of the guest for the local APIC, by a call that is no exit of a vCPU. Are
// the slots asked as a reader must ask them, who is then no reader any more?

import { createSlot, deleteSlot, M, type SequentialScenario, X, Y } from '../scenario.ts';

const PAGE = 0x1000n;

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'mapping/a-page-named-by-userspace-is-found-by-a-reader',
  eras: null,
  gfns: [X, M],
  // Nothing of it is about an SPTE.
  host: { mmio: ['ept'] },
  check: ({ vm, report }) => {
    const { reading, pageCache } = vm.internals;
    vm.setMemoryRegion(createSlot(0, X).region);
    const cache = pageCache!();
    const isNamed = (gpa: bigint) => cache.setVapicAddr(gpa) === 0;
    if (!isNamed(X * PAGE + 8n)) report('hva-cache-exact', 'a page of a slot is not found');
    const { result, ranges } = reading(() => cache.read(4n));
    if (result !== 0 || ranges[0]?.addr !== vm.lookup(X)! + 8n)
      report('hva-cache-exact', 'another word is read than userspace has named');
    if (isNamed(Y * PAGE)) report('hva-cache-exact', 'a page without a slot is found');
    // No address is one that needs no slot.
    if (!isNamed(0n)) report('hva-cache-exact', 'an address is not taken back');
    // An update waits for everybody who still reads.
    vm.setMemoryRegion(deleteSlot(0, X).region);
    return 4;
  },
};
