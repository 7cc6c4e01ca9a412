// SPDX-License-Identifier: GPL-2.0-only
// KVM keeps slots for itself, behind those of userspace. Can KVM use them, is userspace kept out of
// them, and may it lay memory of its own over theirs, if not they over its? (From v5.7 on it may
// not.)

import { rulesOf } from '../era-rules.ts';
import { EEXIST, EINVAL } from '../memory-map.ts';
import { createSlot, deleteSlot, M, type SequentialScenario, X, Y } from '../scenario.ts';

const USER = 2;
const PRIVATE = 3;

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'ioctl/private-slots-are-kvm-s-own',
  eras: null,
  gfns: [X, M],
  // Slots are the same whatever an SPTE looks like.
  host: { mmio: ['ept'], userMemSlots: USER, privateMemSlots: PRIVATE },
  check: ({ era, fresh, report }) => {
    const { mayCoverPrivateSlots } = rulesOf(era);
    let checked = 0;
    for (let slot = USER; slot <= USER + PRIVATE; slot++) {
      fresh({}, (vm) => {
        const expect = (result: number, expected: number, what: string): void => {
          checked++;
          if (result !== expected)
            report('arguments-checked', `${what} slot ${slot}: ${result}, not ${expected}`);
        };
        const isThere = slot < USER + PRIVATE;
        const { region } = createSlot(slot, X);
        expect(vm.setMemoryRegion(region), -EINVAL, 'userspace makes');
        expect(vm.setMemoryRegion(createSlot(0, Y).region), 0, 'beside');
        const under = { ...region, guest_phys_addr: createSlot(0, Y).region.guest_phys_addr };
        expect(vm.internals.setMemoryRegion(under), isThere ? -EEXIST : -EINVAL, 'under');
        expect(vm.internals.setMemoryRegion(region), isThere ? 0 : -EINVAL, 'KVM makes');
        const isCovered = mayCoverPrivateSlots || !isThere;
        expect(vm.setMemoryRegion(createSlot(1, X).region), isCovered ? 0 : -EEXIST, 'over');
        expect(vm.setMemoryRegion(deleteSlot(slot, X).region), -EINVAL, 'userspace deletes');
        const ids = vm.slots().map(({ id }) => id);
        const expected = [0, ...(isCovered ? [1] : []), ...(isThere ? [slot] : [])];
        if (`${ids.sort((a, b) => a - b)}` !== `${expected}`)
          report('arguments-checked', 'the slots are not those of the calls');
      });
    }
    return checked;
  },
};
