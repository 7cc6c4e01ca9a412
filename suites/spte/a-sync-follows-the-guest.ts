// SPDX-License-Identifier: GPL-2.0-only
// The guest has written a page table that KVM shadows, and the shadow is synchronised: does an MMIO
// entry then say what the guest's entry says? (As in every kernel that was read, it also gets the
// current number without a look at the slots: that may make a stale entry valid, and is not judged
// here.)

import { rulesOf } from '../era-rules.ts';
import { M, type SequentialScenario, type Subject, X } from '../scenario.ts';

const ALL = 7;
const WRITE_AND_USER = 6;
const GFNS: readonly bigint[] = [0n, 1n, X, 0x8000n, (1n << 28n) - 1n];
/** Entries that are not MMIO: none, memory, and memory that only the kernel of the guest reads. */
const OTHERS: readonly bigint[] = [0n, 0x1234_5067n, 0x1234_5001n];

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'spte/a-sync-follows-the-guest',
  eras: null,
  gfns: [X, M],
  // With EPT or NPT alone there are no page tables of the guest to follow.
  host: { mmio: ['shadow'] },
  check: (subject) =>
    subject.vm.internals.reading(() => {
      let checked = OTHERS.length;
      for (const spte of OTHERS) checkOther(subject, spte);
      for (const gfn of GFNS) {
        for (let access = 0; access <= ALL; access++) checked += checkGfn(subject, gfn, access);
      }
      return checked;
    }),
};

function checkOther({ vm, report }: Subject, spte: bigint): void {
  for (const gfn of [0n, spte >> 12n]) {
    const synced = vm.internals.sync(spte, gfn, ALL);
    if (synced.isDone) report('sync-follows-guest', 'an entry that is not MMIO is taken for one');
    if (synced.spte !== spte || synced.present !== 0)
      report('sync-follows-guest', 'an entry that is not MMIO is not left alone');
  }
}

function checkGfn({ vm, era, report }: Subject, gfn: bigint, access: number): number {
  const { mmio, internals } = vm;
  // The rights that the entry had before are the opposite of those that it is to have.
  const before = internals.mark(gfn, access ^ ALL);
  const same = internals.sync(before, gfn, access);
  if (!same.isDone) report('sync-follows-guest', 'an MMIO entry is left to the caller');
  if (same.present !== 1) report('sync-follows-guest', 'a present entry is not counted once');
  if (!mmio.isMmio(same.spte) || mmio.gfnOf(same.spte) !== gfn)
    report('sync-follows-guest', 'the gfn is lost');
  else if (mmio.accessOf(same.spte) !== (access & WRITE_AND_USER))
    report('sync-follows-guest', 'the rights are not those of the guest');
  for (const other of GFNS.filter((some) => some !== gfn)) {
    const moved = internals.sync(before, other, access);
    if (!moved.isDone) report('sync-follows-guest', 'an MMIO entry is left to the caller');
    if (moved.spte !== rulesOf(era).emptySpte)
      report('sync-follows-guest', 'an entry of another gfn stays');
    if (moved.present !== 0) report('sync-follows-guest', 'an entry that is gone is counted');
  }
  return GFNS.length;
}
