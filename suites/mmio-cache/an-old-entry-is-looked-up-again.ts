// SPDX-License-Identifier: GPL-2.0-only
// A gfn was used as MMIO, and then a slot is created there: nothing is zapped, only the number of
// the entry tells. Does a vCPU that remembers nothing find the memory, whatever it does with it?
// (One that remembers finds MMIO in v3.16, whose vCPU cache has no number.)

import type { AccessMode } from '#vocabulary';
import { judge, settled } from '../guest.ts';
import {
  BOTH_MASKS,
  createSlot,
  type HostChoice,
  M,
  type SequentialScenario,
  type Subject,
  X,
} from '../scenario.ts';

const READONLY = 2;
const MODES: readonly AccessMode[] = ['read', 'write', 'fetch'];
const PAGINGS: readonly (readonly [variant: string, host: HostChoice])[] = [
  ['own-tables', BOTH_MASKS],
  ['npt', { mmio: ['shadow'], npt: true }],
];

export const scenarios = PAGINGS.map(
  ([variant, host]): SequentialScenario => ({
    kind: 'sequential',
    id: `mmio-cache/an-old-entry-is-looked-up-again.${variant}`,
    eras: null,
    gfns: [X, M],
    host,
    check: (subject) => {
      let checked = 0;
      for (const flags of [0, READONLY]) {
        for (const before of MODES) {
          for (const after of MODES)
            checked += subject.fresh({}, (vm) => checkEntry(subject, vm, flags, before, after));
        }
      }
      return checked;
    },
  }),
);

function checkEntry(
  { report }: Subject,
  vm: Subject['vm'],
  flags: number,
  before: AccessMode,
  after: AccessMode,
): number {
  judge(settled(vm, vm.vcpu(null), X, before), before, null, report);
  const region = { ...createSlot(0, X).region, flags };
  vm.setMemoryRegion(region);
  const memory = { page: region.userspace_addr >> 12n, isWritable: flags === 0 };
  const access = settled(vm, vm.vcpu(null), X, after);
  if (access.kind === 'mmio-spte') report('stale-after-update', 'SPTE, nobody in between');
  else judge(access, after, memory, report);
  judge(settled(vm, vm.vcpu(null), X, 'read'), 'read', memory, report);
  return 3;
}
