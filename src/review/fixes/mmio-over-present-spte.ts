// SPDX-License-Identifier: GPL-2.0-only
// What is aad885e77496 ("KVM: x86/mmu: Drop/zap existing present SPTE even when creating an MMIO
// SPTE")? mmu_set_spte() takes a present entry out of KVM's books before it puts one of MMIO there.
// Before a54aa15c6bda the entry was made behind the code that does so.

import type { SequentialScenario } from '#lab/suites';
import { ASKED_GFNS, type Asked } from '#lab/tree/asked';
import type { MappedPage, Vm } from '#vocabulary';
import type { Fix } from '../fix.ts';

const GFN = ASKED_GFNS.slot;
/** KVM_PFN_NOSLOT, in every kernel with MMIO SPTEs. */
const NO_SLOT = 1n << 63n;
const page = (pfn: bigint): MappedPage => ({
  gfn: GFN,
  pfn,
  access: 7,
  isSpeculative: false,
  isHostWritable: true,
});

/** An entry of memory becomes one of MMIO, as if the guest's table had been changed meanwhile. */
function replace({ internals: { ram } }: Vm): bigint {
  return ram.set(ram.set(0n, page(0x123n)), page(NO_SLOT));
}

/** Null if no MMIO SPTE comes out, so that nothing was asked. */
function isDropped({ vm, complaints }: Asked): boolean | null {
  let spte = 0n;
  const heard = complaints(() => {
    spte = replace(vm);
  });
  if (!vm.mmio.isMmio(spte)) return null;
  return !heard.some((text) => /^(WARN|BUG)/.test(text));
}

const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'fix/an-entry-of-mmio-replaces-one-of-memory',
  eras: null,
  gfns: [GFN, ASKED_GFNS.none],
  host: { mmio: ['ept', 'shadow'] },
  check: ({ vm }) => {
    replace(vm);
    return 1;
  },
};

export const fix: Fix = {
  name: 'mmio-over-present-spte',
  ground: {
    name: 'mmu_set_spte() that makes MMIO SPTEs itself',
    since: 'a54aa15c6bda',
    how: 'shape',
    isThere: ({ shape }) => shape?.calls('mmu_set_spte').includes('mark_mmio_spte') ?? null,
  },
  pieces: [
    {
      name: 'a present entry is dropped before one of MMIO takes its place',
      commit: null,
      isPrerequisite: false,
      how: 'run',
      without: 'v6.12/history/mmio-over-present-spte',
      isThere: isDropped,
    },
  ],
  invariants: ['no-kernel-warning'],
  counts: () => true,
  scenarios: [],
  own: () => [{ scenario }],
  related: null,
};
