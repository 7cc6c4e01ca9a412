// SPDX-License-Identifier: GPL-2.0-only
// What does an MMIO access leave in the cache of its vCPU, after a lookup and after a hit of an
// SPTE, and is the next access a hit of that cache?

import { rulesOf } from '../era-rules.ts';
import {
  BOTH_MASKS,
  type HostChoice,
  M,
  type SequentialScenario,
  type Subject,
  X,
} from '../scenario.ts';

const PAGE = 0x1000n;
/** A fault on a direct map is handled with all rights; some eras keep those of the SPTE only. */
const ALL = 7;
/** What an MMIO SPTE keeps of them; under EPT its mask covers these bits. */
const WRITE_AND_USER = 6;

const PAGINGS: readonly (readonly [variant: string, host: HostChoice])[] = [
  ['own-tables', BOTH_MASKS],
  ['npt', { mmio: ['shadow'], npt: true }],
];

export const scenarios = PAGINGS.map(
  ([variant, host]): SequentialScenario => ({
    kind: 'sequential',
    id: `mmio-cache/a-vcpu-remembers-its-last-mmio.${variant}`,
    eras: null,
    gfns: [X, M],
    host,
    check: (subject) => checkAccesses(subject),
  }),
);

function checkAccesses({ vm, era, host, report }: Subject): number {
  const { contents } = vm.internals.vcpuCache;
  const first = vm.vcpu(null);
  const expect = (vcpu: object, gva: bigint, rights: number): void => {
    const kept = contents(vcpu);
    if (kept.gva !== gva) report('vcpu-cache-exact', 'another address is kept than the fault told');
    if (kept.gfn !== M) report('vcpu-cache-exact', 'another gfn is kept');
    if (kept.access !== rights) report('vcpu-cache-exact', 'other rights are kept');
  };
  const access = (vcpu: object, kind: string, cache: string): void => {
    if (vm.access(vcpu, M * PAGE + 0x18n).kind !== kind) report('cache-effective-at-rest', cache);
  };
  access(first, 'mmio-lookup', 'an answer without a lookup');
  // Only a guest whose paging is off, and which KVM shadows, faults at its own virtual address.
  const isShadowed = host.mmio === 'shadow' && !host.npt;
  const ofSpte = host.mmio === 'ept' ? 0 : WRITE_AND_USER;
  expect(first, isShadowed ? M * PAGE : 0n, rulesOf(era).keepsRightsOfSpte ? ofSpte : ALL);
  access(first, 'mmio-vcpu', 'vCPU cache');
  const second = vm.vcpu(null);
  access(second, 'mmio-spte', 'SPTE');
  expect(second, 0n, ofSpte);
  access(second, 'mmio-vcpu', 'vCPU cache');
  return 4;
}
