// SPDX-License-Identifier: GPL-2.0-only
// What are the pieces of the fix of v5.7 ("KVM: Reinstall old memslots if arch preparation fails")?
// A deletion that fails halfway gives the slot back, and so does a move.

import type { Asked } from '#lab/tree/asked';
import type { UserMemoryRegion } from '#vocabulary';
import type { Fix } from '../fix.ts';
import { region } from '../numbers.ts';

const X = 0x10n;

/** Is the slot found again after a call that fails? Null if the call does not fail. */
function isBack({ fresh }: Asked, call: UserMemoryRegion): boolean | null {
  return fresh({ failPrepare: [2] }, (vm) => {
    vm.setMemoryRegion(region(0));
    const isThere = vm.lookup(X) !== null;
    if (!isThere || vm.setMemoryRegion(call) >= 0) return null;
    return vm.lookup(X) !== null;
  });
}

export const fix: Fix = {
  name: 'failed-delete-leaves-invalid',
  ground: null,
  pieces: [
    {
      name: 'a slot whose deletion failed is there again',
      commit: null,
      isPrerequisite: false,
      how: 'run',
      without: 'v6.12/history/failed-delete-leaves-invalid',
      isThere: (asked) => isBack(asked, region(0, X, { memory_size: 0n })),
    },
    {
      name: 'a slot whose move failed is there again',
      commit: null,
      isPrerequisite: false,
      how: 'run',
      without: null,
      isThere: (asked) => isBack(asked, region(0, 0x20n)),
    },
  ],
  invariants: ['failed-update-restores'],
  counts: () => true,
  scenarios: [
    'memslots/a-failed-delete-changes-nothing.1v1u1f',
    'ioctl/a-failing-call-changes-nothing',
  ],
  own: null,
  related: null,
};
