// SPDX-License-Identifier: GPL-2.0-only
// What are the pieces of 56f17dd3fbc4 ("kvm: x86: fix stale mmio cache bug")? What a vCPU remembers
// of its last MMIO access keeps the number that it was made at, and each of the two questions, by
// the guest's physical and by its virtual address, compares it with the number of now. A question
// that was left out believes for ever; a number that is not kept makes a cache that never answers.

import type { Asked } from '#lab/tree/asked';
import type { Vcpu, Vm } from '#vocabulary';
import type { Fix } from '../fix.ts';
import { install } from '../numbers.ts';

const GFN = 0x30n;
const GVA = GFN << 12n;

function filled(vm: Vm): Vcpu {
  const vcpu = vm.vcpu(null);
  vm.internals.reading(() => vm.internals.vcpuCache.fill(vcpu, GVA, GFN, 7));
  return vcpu;
}

/** Does the number leave a trace in what a vCPU carries? */
function isNumberKept({ vm }: Asked): boolean {
  const before = vm.carry(filled(vm)).map(String);
  install(vm);
  return before.join() !== vm.carry(filled(vm)).map(String).join();
}

/** Does an answer from before an update count no more? */
function isAskedAgain({ vm }: Asked, by: 'matchesGpa' | 'matchesGva'): boolean {
  const vcpu = filled(vm);
  install(vm);
  return !vm.internals.reading(() => vm.internals.vcpuCache[by](vcpu, GVA));
}

export const fix: Fix = {
  name: 'vcpu-cache-without-generation',
  ground: null,
  pieces: [
    {
      name: 'the number kept with what a vCPU remembers',
      commit: null,
      isPrerequisite: false,
      how: 'run',
      without: 'v3.17/vcpu_cache_mmio_info/drop-statement.6cd3',
      isThere: isNumberKept,
    },
    {
      name: 'the number compared for physical addresses',
      commit: null,
      isPrerequisite: false,
      how: 'run',
      without: 'v3.17/vcpu_match_mmio_gpa/drop-operand.6104',
      isThere: (asked) => isAskedAgain(asked, 'matchesGpa'),
    },
    {
      name: 'the number compared for virtual addresses',
      commit: null,
      isPrerequisite: false,
      how: 'run',
      without: 'v3.17/vcpu_match_mmio_gva/drop-operand.fc7b',
      isThere: (asked) => isAskedAgain(asked, 'matchesGva'),
    },
  ],
  invariants: ['stale-after-update', 'cache-effective-at-rest'],
  // SPTEs with a wrong number are another fix.
  counts: (detail) => detail.includes('vCPU cache'),
  scenarios: [
    'mmio-cache/a-created-slot-is-seen.1v1u2f',
    'memslots/a-slot-moved-onto-a-gfn-is-seen.1v1u1f',
    'mmio-cache/a-vcpu-remembers-its-last-mmio.own-tables',
  ],
  own: null,
  related:
    'SPTEs break it too: ee3d1570b586 ("kvm: fix potentially corrupt mmio cache") is a fix of ' +
    'its own',
};
