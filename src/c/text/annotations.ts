// SPDX-License-Identifier: GPL-2.0-only
// Which names of the kernel's C are not ordinary macros? Annotations that say nothing about values,
// and primitives that stay calls because the front end or an intrinsic gives them their meaning.

import type { Token } from './tokens.ts';

/** Annotations without arguments: blanked. */
const BLANK = new Set(
  `__user __kernel __iomem __rcu __percpu __force __bitwise __nocast __private
  __must_check __maybe_unused __always_unused __used __unused __weak __init __exit __initdata
  __read_mostly __ro_after_init __always_inline __noreturn __deprecated __pure __attribute_const__
  __cold __hot __malloc __visible __ref __refdata __net_init __cpuinit __devinit __kprobes
  __latent_entropy __randomize_layout __no_kcsan __no_sanitize_address notrace noinline
  noinline_for_stack noinstr nokprobe_inline inline __inline __inline__ asmlinkage __visible
  ____cacheline_aligned ____cacheline_aligned_in_smp __cacheline_aligned
  __cacheline_aligned_in_smp ____cacheline_internodealigned_in_smp __page_aligned_data
  __page_aligned_bss __nonstring __extension__ __restrict __restrict__ restrict _Noreturn
  __signed__ __volatile__ __no_stack_protector __nocfi __flatten`.split(/\s+/),
);

/** Annotations with arguments: blanked with them. */
const BLANK_CALLS = new Set(
  `__attribute__ __attribute __aligned __printf __scanf __acquires __releases __must_hold
  __cond_acquires __acquire __release __alloc_size __assume_aligned __counted_by __guarded_by
  __pt_guarded_by __section __copy __alias __diagnose_as __access`.split(/\s+/),
);

/** Macros that are never expanded: their meaning is that of a primitive. */
const KEPT = new Set(
  `WARN_ON WARN_ON_ONCE WARN WARN_ONCE WARN_TAINT BUG BUG_ON BUILD_BUG_ON BUILD_BUG_ON_MSG
  BUILD_BUG_ON_NOT_POWER_OF_2 BUILD_BUG_ON_ZERO BUILD_BUG_ON_INVALID
  VM_BUG_ON VM_WARN_ON VM_WARN_ON_ONCE KVM_BUG_ON KVM_BUG KVM_BUG_ON_DATA_CORRUPTION
  KVM_MMU_WARN_ON MMU_WARN_ON static_assert _Static_assert ASSERT
  READ_ONCE WRITE_ONCE ACCESS_ONCE rcu_assign_pointer RCU_INIT_POINTER rcu_access_pointer
  rcu_dereference rcu_dereference_raw rcu_dereference_raw_check rcu_dereference_check
  rcu_dereference_protected rcu_dereference_bh rcu_dereference_sched
  srcu_dereference srcu_dereference_check srcu_dereference_notrace
  smp_mb smp_wmb smp_rmb mb wmb rmb barrier smp_mb__before_atomic smp_mb__after_atomic
  smp_mb__after_srcu_read_unlock smp_store_release smp_load_acquire smp_store_mb
  likely unlikely container_of container_of_const list_entry rb_entry rb_entry_safe hlist_entry
  hlist_entry_safe offsetof offsetofend sizeof_field ARRAY_SIZE min max min_t max_t clamp clamp_t
  clamp_val min3 max3 swap xchg cmpxchg array_index_nospec ilog2 roundup_pow_of_two
  __builtin_constant_p __builtin_offsetof __builtin_expect __builtin_types_compatible_p
  __same_type IS_ENABLED IS_BUILTIN IS_REACHABLE typeof __typeof__ __typeof`.split(/\s+/),
);

/** Which arguments of a kept call are types or members, counted from 0. */
export const TYPE_ARGUMENTS: ReadonlyMap<string, readonly number[]> = new Map([
  ['container_of', [1]],
  ['container_of_const', [1]],
  ['list_entry', [1]],
  ['rb_entry', [1]],
  ['rb_entry_safe', [1]],
  ['hlist_entry', [1]],
  ['hlist_entry_safe', [1]],
  ['offsetof', [0]],
  ['__builtin_offsetof', [0]],
  ['offsetofend', [0]],
  ['sizeof_field', [0]],
  ['min_t', [0]],
  ['max_t', [0]],
  ['clamp_t', [0]],
]);

export interface NameLists {
  readonly isKept: (name: string) => boolean;
  readonly isBlank: (name: string) => boolean;
}

/** The lists above and what a profile adds to them. */
export function nameLists(
  keepCalls: readonly string[] = [],
  blank: readonly string[] = [],
): NameLists {
  const kept = new Set([...KEPT, ...keepCalls]);
  const blanked = new Set([...BLANK, ...blank]);
  const isBlank = (name: string) => blanked.has(name) || BLANK_CALLS.has(name) || isPacked(name);
  return { isKept: (name) => kept.has(name) || isBlank(name), isBlank };
}

const isPacked = (name: string) => name === '__packed';

/** Says that a struct has no padding. A struct that is needed must not be. */
const PACKED_ATTRIBUTE = /\b(__)?packed(__)?\b/;

/**
 * The tokens without annotations, and the line of the first one that packs a struct. An annotation
 * that changes alignment alone is blanked: offsets then differ from the kernel's, but no two
 * members fall together.
 */
export function withoutAnnotations(
  tokens: readonly Token[],
  isBlank: (name: string) => boolean,
): { readonly tokens: readonly Token[]; readonly packed: ReadonlySet<number> } {
  const out: Token[] = [];
  const packed = new Set<number>();
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (token.kind !== 'name' || !isBlank(token.text)) {
      out.push(token);
      continue;
    }
    let isPacking = isPacked(token.text);
    if (BLANK_CALLS.has(token.text) && tokens[i + 1]?.text === '(') {
      const close = closing(tokens, i + 1);
      const inside = tokens.slice(i + 2, close).map(({ text }) => text);
      isPacking = token.text.startsWith('__attribute') && PACKED_ATTRIBUTE.test(inside.join(' '));
      i = close;
    }
    // Where it stood among the tokens that are left: the struct around it is found by that.
    if (isPacking) packed.add(out.length);
  }
  return { tokens: out, packed };
}

/** The index of the bracket that closes the one at `open`; the last token if none does. */
export function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    const { text } = tokens[i]!;
    if (text === '(' || text === '[' || text === '{') depth++;
    else if (text === ')' || text === ']' || text === '}') depth--;
    if (depth === 0) return i;
  }
  return tokens.length - 1;
}
