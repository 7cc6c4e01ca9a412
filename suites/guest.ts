// SPDX-License-Identifier: GPL-2.0-only
// What does a guest find that nobody disturbs? Its tries, until an access answers, against what
// userspace asked for: for scenarios of one thread.

import type { Access, AccessMode, Vcpu, Vm } from '#vocabulary';

const PAGE = 0x1000n;
/** An access at rest settles within a fault, a mapping and a hit. */
const TRIES = 4;

/** What the guest should find behind a gfn: a page that it may use like this, or MMIO. */
export interface Expected {
  readonly page: bigint;
  readonly isWritable: boolean;
}

type Report = (invariant: string, detail: string) => void;

/** Accesses a gfn until it answers, away from the start of the page. */
export function settled(vm: Vm, vcpu: Vcpu, gfn: bigint, mode: AccessMode): Access {
  let access = vm.access(vcpu, gfn * PAGE + 0x108n, mode);
  for (let i = 1; i < TRIES && (access.kind === 'mapped' || access.kind === 'retry'); i++) {
    access = vm.access(vcpu, gfn * PAGE + 0x108n, mode);
  }
  return access;
}

/**
 * KVM_SET_USER_MEMORY_REGION promises that writes to read-only memory are posted to userspace as
 * MMIO exits, and that all else of a slot is memory. `expected` is null where there is no slot.
 */
export function judge(
  { kind, pfn }: Access,
  mode: AccessMode,
  expected: Expected | null,
  report: Report,
): void {
  const mayDo = expected !== null && (mode !== 'write' || expected.isWritable);
  if (kind === 'mapped' || kind === 'retry') report('progress', `a ${mode} never answers`);
  else if (kind === 'error') report('memory-as-asked', `KVM gives up on a ${mode}`);
  else if (kind === 'ram' && !mayDo) report('memory-as-asked', `a ${mode} is let through`);
  else if (kind !== 'ram' && mayDo) report('memory-as-asked', `a ${mode} is taken for MMIO`);
  else if (kind === 'ram' && pfn !== expected?.page)
    report('no-mapping-after-flush', 'a page that was never there');
}
