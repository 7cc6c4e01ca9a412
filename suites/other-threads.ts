// SPDX-License-Identifier: GPL-2.0-only
// Who else is there, beside the vCPUs and the updater of a scenario? The host that takes memory
// back, KVM that uses a page itself, another processor of the guest, and who gives slots memory.

import type { Thread } from '#explorer/program';
import { emit } from '#explorer/run';
import type { Vm } from '#vocabulary';
import { dirtyText, textOf } from './guest-copies.ts';
import type { Oracle } from './oracle.ts';
import type { InterleavingScenario, Other } from './scenario.ts';

const PAGE = 0x1000n;
const WRITABLE = 2n;
/** Bytes that KVM and the guest share. */
const WORD = 4n;

/** An entry of a guest's page table: present, writable, and open to user mode. */
export function entryOf(gfn: bigint): bigint {
  return (gfn << 12n) | 7n;
}

/** What of a program such a thread needs. */
export interface OtherRun {
  readonly vm: Vm;
  readonly oracle: Oracle;
  readonly scenario: InterleavingScenario;
}

/** Does its one thing, in a single round, and keeps what it was answered if that is wanted. */
export function otherThread(run: OtherRun, other: Other, index: number, wantLogs: boolean): Thread {
  const isAnswered = other.kind === 'page user' || other.kind === 'guest writer';
  return {
    name: other.kind,
    group: 2 + index,
    rounds: 1,
    start: wantLogs && isAnswered ? [''] : [],
    round: () => {
      const answer = answerOf(run, other);
      return wantLogs && isAnswered ? [answer] : [];
    },
  };
}

function answerOf(run: OtherRun, other: Other): string {
  const { vm, scenario } = run;
  if (other.kind === 'page user') return usePage(run, other);
  if (other.kind === 'guest writer') return takeRight(vm, other);
  if (other.kind === 'notifier') {
    vm.notifier?.start(other.from, other.to);
    for (const gfn of scenario.gfns) judgeUnmapped(vm, gfn, other.from, other.to);
    vm.notifier?.end(other.from, other.to);
  } else vm.archWriter?.write();
  return '';
}

/** What a flush has taken must not come back: what was read of the table before is of no use. */
function takeRight(vm: Vm, { page, isFlushing }: Extract<Other, { kind: 'guest writer' }>): string {
  const vcpu = vm.vcpu(null);
  vm.guestPaging!.writePte(vcpu, page, entryOf(page) ^ WRITABLE);
  if (isFlushing !== true) return '';
  vm.guestPaging!.reloadCr3(vcpu);
  const { kind } = vm.access(vcpu, page * PAGE + 8n, 'write');
  if (kind !== 'guest-fault' && kind !== 'retry')
    emit('sync-follows-guest', 'a right is there that was taken before a flush');
  return kind;
}

/**
 * What KVM has found once must be where the slots say when it is used. Of bytes on two pages each
 * page is looked for on its own, so that the second may be refused when the first is done.
 */
function usePage({ vm, oracle }: OtherRun, { gfn, foundBy, does, isSplit }: PageUser): string {
  const { pageCache, reading } = vm.internals;
  const cache = pageCache!();
  const gpa = isSplit ? (gfn + 1n) * PAGE - WORD / 2n : gfn * PAGE + 8n;
  const found =
    foundBy === 'userspace' ? cache.setVapicAddr(gpa) : reading(() => cache.find(gpa, WORD));
  // Nobody uses what was not found.
  if (found !== 0) return `finds ${found}`;
  const start = oracle.begin({ gfn, space: 0 }, 'KVM uses');
  const copy = reading(() => cache[does](WORD));
  const { result, ranges } = copy;
  const may = (i: number, page: bigint | null) =>
    oracle.mayUse(start, { gfn: gfn + BigInt(i), space: 0 }, page);
  if (ranges.some(({ addr }, i) => !may(i, addr / PAGE)))
    emit('hva-cache-exact', 'a page is used where it was');
  const refused = isSplit && ranges.length === 0 ? [0, 1] : [ranges.length];
  if (result !== 0 && !refused.some((i) => may(i, null)))
    emit('hva-cache-exact', 'a page is refused');
  const done = ranges.reduce((sum, { n }) => sum + n, 0n);
  if (result === 0 && done !== WORD) emit('hva-cache-exact', 'half of a range is taken for all');
  return `${does} ${textOf(copy)} ${dirtyText(copy)}`;
}

type PageUser = Extract<Other, { readonly kind: 'page user' }>;

/** While the host changes the memory from one address to another, no page of it is mapped. */
function judgeUnmapped(vm: Vm, gfn: bigint, from: bigint, to: bigint): void {
  const spte = vm.spte(gfn);
  const { isPresent, pfnOf } = vm.internals.ram;
  if (vm.mmio.isMmio(spte) || !isPresent(spte)) return;
  const address = pfnOf(spte) * PAGE;
  if (address >= from && address < to)
    emit('no-mapping-after-flush', 'a page is mapped that the host takes back');
}
