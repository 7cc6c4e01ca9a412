// SPDX-License-Identifier: GPL-2.0-only
// What are the pieces of b3e6212dea2e ("KVM: x86: Use active memslots for the per-vCPU MMIO
// cache")? A vCPU in SMM tags what it remembers with the number of that address space, and compares
// it with the same one. Only one of both makes a cache that never answers in SMM.

import type { Asked } from '#lab/tree/asked';
import type { Vcpu, Vm } from '#vocabulary';
import type { Fix } from '../fix.ts';
import { install } from '../numbers.ts';

const GFN = 0x30n;
const GVA = GFN << 12n;

function filledInSmm(vm: Vm): Vcpu {
  const vcpu = vm.vcpu(null);
  vm.setSmm(vcpu, true);
  vm.internals.reading(() => vm.internals.vcpuCache.fill(vcpu, GVA, GFN, 7));
  return vcpu;
}

/** The other address space has the same number before and after. */
function isTagged({ vm }: Asked): boolean | null {
  if (vm.addressSpaces < 2) return null;
  const before = vm.carry(filledInSmm(vm)).map(String);
  install(vm, 1);
  return before.join() !== vm.carry(filledInSmm(vm)).map(String).join();
}

/** What was filled just now is found if both ask the same address space. */
function isCompared(asked: Asked): boolean | null {
  const tagged = isTagged(asked);
  if (tagged === null) return null;
  return asked.fresh({}, (vm) => {
    install(vm, 1);
    const vcpu = filledInSmm(vm);
    const isFound = vm.internals.reading(() => vm.internals.vcpuCache.matchesGpa(vcpu, GVA));
    return isFound === tagged;
  });
}

export const fix: Fix = {
  name: 'vcpu-cache-wrong-address-space',
  ground: {
    name: 'second address space',
    since: 'v4.2',
    how: 'run',
    isThere: ({ vm }) => vm.addressSpaces > 1,
  },
  pieces: [
    {
      name: 'what a vCPU remembers in SMM has the number of that address space',
      commit: null,
      isPrerequisite: false,
      how: 'run',
      without: null,
      isThere: isTagged,
    },
    {
      name: 'in SMM it is compared with the number of that address space',
      commit: null,
      isPrerequisite: false,
      how: 'run',
      without: null,
      isThere: isCompared,
    },
  ],
  invariants: ['stale-after-update'],
  // Races of SPTEs are other fixes.
  counts: (detail) => detail.includes('vCPU cache'),
  scenarios: [
    'mmio-cache/a-created-slot-is-seen.1v1u2f',
    'address-spaces/a-slot-of-smm-is-seen.1v1u2f',
    'address-spaces/memory-of-smm-is-no-mmio.into-smm',
  ],
  own: null,
  related: null,
};
