// SPDX-License-Identifier: GPL-2.0-only
// The functions of the vCPU's MMIO cache, one by one: is what was put in found by all addresses of
// its page and by no other, and does clearing forget what it should and no more?

import type { Vcpu } from '#vocabulary';
import { rulesOf } from '../era-rules.ts';
import { createSlot, M, type SequentialScenario, type Subject, X } from '../scenario.ts';

const PAGE = 0x1000n;
const LAST_PAGE = 0xffff_ffff_ffff_f000n;
/** vcpu_clear_mmio_info() takes it for any address. */
const ANY = 0xffff_ffff_ffff_ffffn;

/** Single bits of a page number, their neighbours, page 0 and the last page. */
const PAGES: readonly bigint[] = [
  0n,
  ...[12n, 13n, 20n, 31n, 32n, 47n, 63n].map((bit) => 1n << bit),
  3n * PAGE,
  LAST_PAGE,
];
const OFFSETS: readonly bigint[] = [0n, 1n, 8n, 0x7ffn, 0x800n, 0xffen];
const RIGHTS = [0, 1, 2, 4, 7];

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'mmio-cache/a-vcpu-finds-what-it-was-told',
  eras: null,
  gfns: [X, M],
  // The cache of a vCPU does not depend on how an SPTE is marked.
  host: { mmio: ['ept'] },
  check: (subject) =>
    subject.vm.internals.reading(() => {
      let checked = 0;
      for (const page of PAGES) {
        for (const offset of OFFSETS) checked += checkPage(subject, page, offset);
      }
      return checked;
    }) + checkUpdate(subject),
};

/** What was put in before an update is found behind it only where the cache has no number. */
function checkUpdate({ vm, era, report }: Subject): number {
  const { reading, vcpuCache } = vm.internals;
  const vcpu: Vcpu = vm.vcpu(null);
  reading(() => vcpuCache.fill(vcpu, 3n * PAGE, 5n, 0));
  vm.setMemoryRegion(createSlot(0, X).region);
  const isFound = !rulesOf(era).isVcpuCacheNumbered;
  const [byGva, byGpa] = reading(() => [
    vcpuCache.matchesGva(vcpu, 3n * PAGE),
    vcpuCache.matchesGpa(vcpu, 5n * PAGE),
  ]);
  if (byGva !== isFound) report('vcpu-cache-exact', 'a gva is believed across an update');
  if (byGpa !== isFound) report('vcpu-cache-exact', 'a gpa is believed across an update');
  return 2;
}

function checkPage({ vm, report }: Subject, page: bigint, offset: bigint): number {
  const { fill, contents, matchesGva, matchesGpa, clear } = vm.internals.vcpuCache;
  const fault = (isFault: boolean, detail: string): void => {
    if (isFault) report('vcpu-cache-exact', detail);
  };
  const vcpu: Vcpu = vm.vcpu(null);
  // The gfn is another number than that of the page, so that neither stands in for the other.
  const gfn = page === 0n ? 0n : (page >> 12n) ^ 0x5000n;
  for (const rights of RIGHTS) {
    fill(vcpu, page + offset, gfn, rights);
    const { gva, gfn: kept, access } = contents(vcpu);
    fault(gva !== page, 'another page is kept than that of the address');
    fault(kept !== gfn, 'another gfn is kept');
    fault(access !== rights, 'other rights are kept');
  }
  for (const other of PAGES) {
    const isSame = other === page && page !== 0n;
    fault(matchesGva(vcpu, other + 0xff8n) !== isSame, 'an address is not taken for its page');
    fault(matchesGva(vcpu, other) !== isSame, 'an address is not taken for its page');
    const isSameGfn = other >> 12n === gfn && gfn !== 0n;
    fault(matchesGpa(vcpu, other + 0x10n) !== isSameGfn, 'a gpa is not taken for its gfn');
  }
  fault(matchesGpa(vcpu, gfn * PAGE + offset) !== (gfn !== 0n), 'a gpa is not taken for its gfn');
  for (const other of PAGES.filter((some) => some !== page)) clear(vcpu, other + offset);
  fault(contents(vcpu).gva !== page, 'an address of another page clears');
  for (const address of [page + offset, ANY]) {
    fill(vcpu, page, gfn, 0);
    clear(vcpu, address);
    fault(contents(vcpu).gva !== 0n, 'a cleared address is kept');
    // As in the kernel, what is known of the gfn stays: a mapping of the guest says nothing of it.
    fault(contents(vcpu).gfn !== gfn, 'clearing an address forgets the gfn');
    fault(matchesGva(vcpu, page), 'a cleared address is found');
  }
  return RIGHTS.length + PAGES.length + 2;
}
