// SPDX-License-Identifier: GPL-2.0-only
// What did a VM answer, call by call? A system under test that writes down what a guest and
// userspace can tell of it: results of calls, what accesses did, and what lookups found. How an
// SPTE is encoded is nobody's business outside, so helpers on SPTEs leave no trace.

import type { SystemUnderTest, UserMemoryRegion, Vm } from '#vocabulary';
import { accessText } from './program.ts';

/** The same system; each answer of its VMs is added to `trace`. */
export function recorded(system: SystemUnderTest, trace: string[]): SystemUnderTest {
  return { era: system.era, boot: (gfns) => recordedVm(system.boot(gfns), trace) };
}

function recordedVm(vm: Vm, trace: string[]): Vm {
  return {
    ...vm,
    access: (vcpu, gpa) => {
      const access = vm.access(vcpu, gpa);
      trace.push(`access 0x${gpa.toString(16)} -> ${accessText(access)}`);
      return access;
    },
    setMemoryRegion: (region) => {
      const result = vm.setMemoryRegion(region);
      trace.push(`${regionText(region)} -> ${result}`);
      return result;
    },
    lookup: (gfn) => {
      const found = vm.lookup(gfn);
      const answer = found === null ? 'no slot' : `0x${found.toString(16)}`;
      trace.push(`lookup of gfn 0x${gfn.toString(16)} -> ${answer}`);
      return found;
    },
  };
}

function regionText({ slot, flags, ...region }: UserMemoryRegion): string {
  const { guest_phys_addr: gpa, memory_size: size, userspace_addr: uaddr } = region;
  const [at, from] = [gpa, uaddr].map((address) => `0x${address.toString(16)}`);
  return `slot ${slot}, flags ${flags}: 0x${size.toString(16)} bytes at ${at} from ${from}`;
}
