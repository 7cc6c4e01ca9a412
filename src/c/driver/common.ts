// SPDX-License-Identifier: GPL-2.0-only
// What do the kernels of several profiles share? Fields that kept their names, and functions that
// kept their meaning while an argument changed.

import type { RamSpteFunctions, SlotState, Vcpu, VcpuCacheFunctions } from '#vocabulary';
import type { Address, Scalar } from '../machine.ts';
import { type Layouts, Refusal } from '../translation.ts';
import type { Machine } from './binding.ts';
import type { Argument, Kernel } from './kernel.ts';

export const SLOT = 'struct kvm_memory_slot';
export const VCPU = 'struct kvm_vcpu';
export const KVM = 'struct kvm';

/** A macro or enumerator that not all of these kernels have. */
export function constantOr(layouts: Layouts, name: string, otherwise: bigint): bigint {
  try {
    return layouts.constant(name);
  } catch (error) {
    if (error instanceof Refusal) return otherwise;
    throw error;
  }
}

export const hasConstant = (layouts: Layouts, name: string): boolean =>
  constantOr(layouts, name, -1n) !== -1n;

/** The fields of a type that these kernels have: a name that ends in `?` may be missing. */
export function fieldsOf(layouts: Layouts, type: string, names: readonly string[]): string[] {
  const isThere = (name: string) => !name.endsWith('?') || layouts.has(type, name.slice(0, -1));
  return names.filter(isThere).map((name) => name.replace(/\?$/, ''));
}

export const isTrue = (value: Scalar): boolean => BigInt(value) !== 0n;
export const u64 = (value: Scalar): bigint => BigInt.asUintN(64, BigInt(value));

/** Calls a function whose first argument is the VM in some kernels, a vCPU or none in others. */
export function callFor(
  { kernel, kvm }: Machine,
  makeVcpu: () => Address,
  name: string,
  ...args: Argument[]
): Scalar {
  const parameters = kernel.translation.functionNamed.get(name)?.parameters ?? [];
  const first = parameters[0]?.name;
  if (first === 'vcpu') return kernel.call(name, makeVcpu(), ...args);
  return first === 'kvm' ? kernel.call(name, kvm, ...args) : kernel.call(name, ...args);
}

/** A word on the thread's own memory, for functions that write through a pointer. */
export function ownWord(kernel: Kernel, value: bigint): Address {
  const at = kernel.m.own.make(8);
  kernel.m.st64(-1, at, value);
  return at;
}

/** A slot as suites see it. */
export function slotState(kernel: Kernel, slot: Address, index: number): SlotState {
  const read = (path: string) => kernel.read(slot, SLOT, path);
  const owned = ['arch.rmap[0]', 'arch.lpage_info[0]'].find((path) => kernel.hasField(SLOT, path));
  return {
    id: kernel.number(slot, SLOT, 'id'),
    base_gfn: read('base_gfn'),
    npages: read('npages'),
    userspace_addr: read('userspace_addr'),
    flags: Number(read('flags')),
    index,
    ownsMemory: owned !== undefined && read(owned) !== 0n,
  };
}

const accessField = (kernel: Kernel): string =>
  kernel.hasField(VCPU, 'arch.mmio_access') ? 'arch.mmio_access' : 'arch.access';

/** The cache in struct kvm_vcpu: its functions are the tree's own. */
export function vcpuCacheOf({ kernel }: Machine): VcpuCacheFunctions {
  const own = (vcpu: Vcpu) => (vcpu as { readonly address: Address }).address;
  return {
    fill: (vcpu, gva, gfn, access) =>
      void kernel.call('vcpu_cache_mmio_info', own(vcpu), gva, gfn, access),
    matchesGva: (vcpu, gva) => isTrue(kernel.call('vcpu_match_mmio_gva', own(vcpu), gva)),
    matchesGpa: (vcpu, gpa) => isTrue(kernel.call('vcpu_match_mmio_gpa', own(vcpu), gpa)),
    clear: (vcpu, gva) => void kernel.call('vcpu_clear_mmio_info', own(vcpu), gva),
    contents: (vcpu) => ({
      gva: kernel.read(own(vcpu), VCPU, 'arch.mmio_gva'),
      gfn: kernel.read(own(vcpu), VCPU, 'arch.mmio_gfn'),
      access: kernel.number(own(vcpu), VCPU, accessField(kernel)),
    }),
  };
}

/** What is the same of the functions on SPTEs of RAM. */
export function ramOf({ kernel }: Machine): Omit<RamSpteFunctions, 'set'> {
  return {
    isPresent: (spte) => isTrue(kernel.call('is_shadow_present_pte', spte)),
    pfnOf: (spte) => u64(kernel.call('spte_to_pfn', spte)),
  };
}

/** The userspace address in an answer of the tree, or null for its errors. */
export function addressOrNull({ kernel }: Machine, hva: Scalar): bigint | null {
  return isTrue(kernel.call('kvm_is_error_hva', hva)) ? null : u64(hva);
}
