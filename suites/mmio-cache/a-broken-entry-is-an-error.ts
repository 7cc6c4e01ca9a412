// SPDX-License-Identifier: GPL-2.0-only
// An entry of the page table is damaged: hardware refuses it, and KVM has never written it. Is the
// VM stopped, or does the guest try again for ever? (Without EPT the fault handler warns as well,
// and later it does under EPT too, rightly, so it is not asked here.)

import { settled } from '../guest.ts';
import { M, type SequentialScenario, X } from '../scenario.ts';

/** Writable and not readable: a misconfiguration, but without the bits of an MMIO entry. */
const BROKEN: readonly bigint[] = [2n, 6n, 0x1234_5002n, (1n << 62n) | 2n];

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'mmio-cache/a-broken-entry-is-an-error',
  eras: ['v3.16', 'v3.17', 'v3.19'],
  gfns: [X, M],
  host: { mmio: ['ept'] },
  check: ({ fresh, report }) => {
    for (const spte of BROKEN) {
      fresh({}, (vm) => {
        vm.internals.writeSpte(X, spte);
        const { kind } = settled(vm, vm.vcpu(null), X, 'read');
        if (kind === 'retry') report('progress', 'a broken entry is tried for ever');
        else if (kind !== 'error') report('memory-as-asked', 'a broken entry is taken for MMIO');
      });
    }
    return BROKEN.length;
  },
};
