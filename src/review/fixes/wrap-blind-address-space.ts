// SPDX-License-Identifier: GPL-2.0-only
// What is e1359e2beb8b ("KVM: x86/mmu: Detect MMIO generation wrap in any address space")? Where
// numbers of two address spaces lie between each other, one of them never becomes 0: the wrap is
// looked for without the bits that tell the spaces apart.

import type { SequentialScenario } from '#lab/suites';
import { ASKED_GFNS, type Asked } from '#lab/tree/asked';
import type { AddressSpace } from '#vocabulary';
import type { Fix, OwnRun } from '../fix.ts';
import { install, isPlanted, plant, wrapOf } from '../numbers.ts';

/** How many installs before the wrap, and behind it, a VM is watched. */
const AROUND = 4;

/** Two address spaces, and what each finds where its numbers come round. */
function isSeenInAll(asked: Asked): boolean | null {
  if (asked.vm.addressSpaces < 2) return null;
  const wraps = [wrapOf(asked, 0), wrapOf(asked, 1)];
  return wraps.includes(null) ? null : wraps.every((wrap) => wrap!.isZapped);
}

/** An entry of the round before must be gone when its number comes again. */
function ownRun(asked: Asked, space: AddressSpace): OwnRun[] {
  const wrap = wrapOf(asked, space);
  if (wrap === null) return [];
  const scenario: SequentialScenario = {
    kind: 'sequential',
    id: `fix/the-numbers-of-address-space-${space}-come-round`,
    eras: null,
    gfns: Object.values(ASKED_GFNS),
    host: { mmio: ['ept', 'shadow'], generationStart: wrap.start - BigInt(AROUND) * wrap.step },
    check: ({ vm, report }) => {
      const spte = () => vm.spte(ASKED_GFNS.none, space);
      plant(vm, space, vm.mmio.mark(ASKED_GFNS.none, 0));
      for (let i = 0; i < 2 * AROUND; i++) install(vm, space);
      if (isPlanted(vm, space) && spte() !== 0n)
        report('zap-before-reuse', 'numbers came round, and an entry of the last round is there');
      return 2 * AROUND;
    },
  };
  return [{ scenario }];
}

export const fix: Fix = {
  name: 'wrap-blind-address-space',
  ground: {
    name: 'second address space',
    since: 'v4.2',
    how: 'run',
    isThere: ({ vm }) => vm.addressSpaces > 1,
  },
  pieces: [
    {
      name: 'a wrap takes away old entries in every address space',
      commit: null,
      isPrerequisite: false,
      how: 'run',
      without: 'v6.12/history/wrap-blind-address-space',
      isThere: isSeenInAll,
    },
  ],
  invariants: ['zap-before-reuse'],
  counts: () => true,
  scenarios: [],
  own: (asked) =>
    (asked.vm.addressSpaces > 1 ? ([0, 1] as const) : ([0] as const)).flatMap((space) =>
      ownRun(asked, space),
    ),
  related: null,
};
