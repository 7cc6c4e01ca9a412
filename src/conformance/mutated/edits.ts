// SPDX-License-Identifier: GPL-2.0-only
// Which mutants are built into kvm.ko, and by which edits? One build holds all of them, behind a
// parameter. Each has the id of the port's mutant, so that one id means one thing in model and
// kernel. A place is a function and a few words that stand in it exactly once.

import { UserError } from '#user-error';
import type { HostConfig } from '#vocabulary';
import type { MutantVerdict } from '../result.ts';

export interface KernelMutant {
  /** The value of the parameter. */
  readonly number: number;
  /** The id of the port's mutant. */
  readonly id: string;
  /** How the model's host must differ so that the port's mutant is the same one, and its name. */
  readonly host?: Partial<HostConfig>;
  readonly note?: string;
  /** How it is expected to die in the kernel, if it does. */
  readonly expected: MutantVerdict;
  /** It may take the kernel with it, so that all it does is done in a machine of its own. */
  readonly isFatal?: boolean;
  /** What one has to know to understand the verdict. */
  readonly because?: string;
}

export interface KernelEdit {
  /** From the root of the tree. */
  readonly file: string;
  readonly function: string;
  readonly anchor: string;
  readonly replacement: string;
}

const SWAP = 'v6.12/kvm_swap_active_memslots';

const COMES_AGAIN =
  'The number comes again as 0 with every update, which the kernel takes for a wrap and empties ' +
  'its tables: no MMIO entry lives long enough to be stale, and even the tag that a sync makes ' +
  'anew is gone. From another start any sequence kills it. What does break is the slot that a ' +
  'vCPU used last, which is compared by the same number.';

/** In the order in which they are run; 0 is run before and after them. */
export const KERNEL_MUTANTS: readonly KernelMutant[] = [
  { number: 1, id: 'v6.12/check_mmio_spte/hit-always.1', expected: 'sequence' },
  { number: 2, id: `${SWAP}/never-increment.1`, expected: 'freed', because: COMES_AGAIN },
  {
    number: 3,
    id: `${SWAP}/never-increment.1`,
    host: { generationStart: BigInt(2) },
    note: 'from 2',
    expected: 'sequence',
  },
  { number: 4, id: `${SWAP}/both-increments-before-publish.1`, expected: 'race' },
  {
    number: 5,
    id: `${SWAP}/drop-first-keep-parity.1`,
    expected: 'race',
    isFatal: true,
    because:
      'Within the window the old number passes for the new one: for MMIO entries, and for the ' +
      'slot that a vCPU used last, which is freed meanwhile. That takes the whole kernel with it ' +
      'now and then.',
  },
  { number: 6, id: `${SWAP}/drop-second-clear-flag.1`, expected: 'freed', because: COMES_AGAIN },
  { number: 7, id: 'v6.12/check_mmio_spte/drop-ip-check-in-spte-check.1', expected: 'race' },
  { number: 8, id: 'v6.12/vcpu_match_mmio_gen/hit-always.1', expected: 'sequence' },
  {
    number: 9,
    id: 'v6.12/vcpu_cache_mmio_info/drop-ip-check-in-cache-fill.1',
    expected: 'survives',
    because:
      'What a vCPU remembers with the flag in its number is valid only while the flag is set: no ' +
      'access at rest meets it.',
  },
  {
    number: 10,
    id: 'v6.12/check_mmio_spte/narrow-g-wide-wrap-check.1',
    // The port's mutant compares all bits but one, the kernel's compares eight.
    host: { generationBits: { low: 8, high: 1 } },
    note: 'of 8 bits',
    expected: 'wrap',
  },
  {
    number: 11,
    id: 'v6.12/kvm_invalidate_memslot/skip-flush.1',
    expected: 'sequence',
    isFatal: true,
    because: 'Later the kernel meets an entry whose slot is gone, and panics now and then.',
  },
  { number: 12, id: 'v6.12/controls/old-entry-dropped-at-sync', expected: 'mends' },
];

/** How a mutant is called. */
export function titleOf({ id, note }: KernelMutant): string {
  return note === undefined ? id : `${id} ${note}`;
}

const MAIN = 'virt/kvm/kvm_main.c';
const MMU = 'arch/x86/kvm/mmu/mmu.c';
const X86 = 'arch/x86/kvm/x86.h';
const FLAG = 'KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS';

const check = (anchor: string, replacement: string): KernelEdit => ({
  file: MMU,
  function: 'check_mmio_spte',
  anchor,
  replacement,
});

const swap = (anchor: string, replacement: string): KernelEdit => ({
  file: MAIN,
  function: 'kvm_swap_active_memslots',
  anchor,
  replacement,
});

/** The edits for the tree of 6.1. */
export const KERNEL_EDITS: readonly KernelEdit[] = [
  check('gen = kvm_vcpu_memslots', '{ if (KVM_MUTANT(1)) return true; } gen = kvm_vcpu_memslots'),
  check(`unlikely(gen & ${FLAG})`, `unlikely(gen & ${FLAG}) && !KVM_MUTANT(7)`),
  check(
    'return likely(',
    '{ if (KVM_MUTANT(10)) return (u8)kvm_gen == (u8)spte_gen; } return likely(',
  ),
  swap(
    `slots->generation = gen | ${FLAG}`,
    'kvm_mutants_begin(); slots->generation = ' +
      'KVM_MUTANT(2) || (KVM_MUTANT(3) && gen >= 2) || KVM_MUTANT(5) ? gen : ' +
      `KVM_MUTANT(4) ? gen + KVM_ADDRESS_SPACE_NUM : gen | ${FLAG}`,
  ),
  swap(
    'gen += KVM_ADDRESS_SPACE_NUM',
    'if (!KVM_MUTANT(2) && !(KVM_MUTANT(3) && gen >= 2) && !KVM_MUTANT(4) && !KVM_MUTANT(6)) ' +
      'gen += KVM_ADDRESS_SPACE_NUM',
  ),
  {
    file: MAIN,
    function: 'kvm_invalidate_memslot',
    anchor: 'kvm_arch_flush_shadow_memslot',
    replacement: 'if (!KVM_MUTANT(11)) kvm_arch_flush_shadow_memslot',
  },
  {
    file: X86,
    function: 'vcpu_match_mmio_gen',
    anchor: 'return vcpu->arch',
    replacement: 'return KVM_MUTANT(8) || vcpu->arch',
  },
  {
    file: X86,
    function: 'vcpu_cache_mmio_info',
    anchor: `unlikely(gen & ${FLAG})`,
    replacement: `unlikely(gen & ${FLAG}) && !KVM_MUTANT(9)`,
  },
  {
    file: MMU,
    function: 'sync_mmio_spte',
    anchor: 'mark_mmio_spte(',
    replacement:
      'if (KVM_MUTANT(12) && !check_mmio_spte(vcpu, *sptep)) ' +
      '{ mmu_spte_clear_no_track(sptep); return true; } mark_mmio_spte(',
  },
  // The selftests fill all slots that there may be, which takes minutes where a machine is slow.
  {
    file: MAIN,
    function: 'kvm_vm_ioctl_set_memory_region',
    anchor: 'KVM_USER_MEM_SLOTS',
    replacement: 'kvm_slots_max',
  },
  {
    file: MAIN,
    function: 'kvm_vm_ioctl_check_extension_generic',
    anchor: 'KVM_USER_MEM_SLOTS',
    replacement: 'kvm_slots_max',
  },
  // Races are made: a vCPU waits before a tag, and between a check and what it remembers.
  swap(
    'rcu_assign_pointer(kvm->memslots[as_id], slots);',
    'rcu_assign_pointer(kvm->memslots[as_id], slots); kvm_mutants_publish(&kvm->srcu);',
  ),
  swap('slots->generation = gen;', 'slots->generation = gen; kvm_mutants_end();'),
  {
    file: MMU,
    function: 'handle_abnormal_pfn',
    anchor: 'vcpu_cache_mmio_info(',
    replacement:
      '{ if (kvm_mutants_wait_publish(fault->gfn)) return RET_PF_RETRY; } vcpu_cache_mmio_info(',
  },
  {
    file: MMU,
    function: 'handle_mmio_page_fault',
    anchor: 'vcpu_cache_mmio_info(',
    replacement: 'kvm_mutants_wait_end(gfn); vcpu_cache_mmio_info(',
  },
];

/**
 * The text of a file with its edits. Throws a UserError if a function or an anchor is not there, or
 * more than once: an edit that did nothing would be a mutant that nobody ran.
 */
export function withEdits(text: string, edits: readonly KernelEdit[]): string {
  return edits.reduce((before, { file, function: name, anchor, replacement }) => {
    const lost = (what: string) => new UserError(`anchor lost: ${file} has ${what}`, 3);
    const found = bodyOf(before, name);
    if (found === null) throw lost(`no ${name}()`);
    const [start, end] = found;
    const parts = before.slice(start, end).split(anchor);
    if (parts.length !== 2) throw lost(`${parts.length - 1} times '${anchor}' in ${name}()`);
    return before.slice(0, start) + parts.join(replacement) + before.slice(end);
  }, text);
}

/** Where the body of the one function of a name begins and ends, in the kernel's own layout. */
function bodyOf(text: string, name: string): readonly [start: number, end: number] | null {
  const heads = [...text.matchAll(new RegExp(`^[a-z][\\w \\t*]*[ *\\t]${name}\\(`, 'gm'))];
  const bodies = heads.flatMap(({ index }) => {
    const open = text.indexOf('\n{\n', index);
    const semicolon = text.indexOf(';', index);
    if (open < 0 || semicolon < open) return [];
    const end = text.indexOf('\n}\n', open);
    return end < 0 ? [] : [[open, end] as const];
  });
  return bodies.length === 1 ? bodies[0]! : null;
}
