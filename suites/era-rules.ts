// SPDX-License-Identifier: GPL-2.0-only
// What do numbers and slots mean in each era, and in releases between two eras that only trees
// have, as far as rules are about them? Facts that the kernel documents in its comments, in one
// place.

import type { RulesName, SystemUnderTest } from '#vocabulary';

export interface EraRules {
  /**
   * Does this memslots generation, or what is left of it in an SPTE, say "an update is under way"?
   */
  readonly isInFlux: (generation: bigint) => boolean;
  /** From one number at rest to the next that an SPTE can hold. */
  readonly step: number;
  /** How far apart the numbers are that SPTEs can hold, those of all address spaces together. */
  readonly stepInSptes: number;
  /** What one install adds to the generation. */
  readonly increment: bigint;
  /** The generation at the creation of a VM, u64. */
  readonly start: bigint;
  /** Does a vCPU's cache know at which generation it was filled? */
  readonly isVcpuCacheNumbered: boolean;
  /** How many bits of the generation an MMIO SPTE holds, where the run does not narrow them. */
  readonly bitsInSpte: number;
  /** What an SPTE holds of a generation in so many bits, those that are never stored included. */
  readonly inSpte: (generation: bigint, bits: number) => number;
  /** A fault on a slot that is being deleted or moved is tried again: it is not taken for MMIO. */
  readonly retriesInvalid: boolean;
  /** A vCPU's cache is filled while an update is under way as well; else it keeps what it had. */
  readonly fillsVcpuCacheInWindow: boolean;
  /** After a lookup it keeps only those rights that an MMIO SPTE keeps as well. */
  readonly keepsRightsOfSpte: boolean;
  /** There is an entry for each slot that there may be, whether or not it is used. */
  readonly hasUnusedEntries: boolean;
  /** The sets of slots are memory of their own, which may be lacking when a VM is made. */
  readonly allocatesSets: boolean;
  /** What an entry of the page table holds that says nothing, u64. */
  readonly emptySpte: bigint;
  /** A fault may fill the vCPU's cache and then lose a race for the entry, and is tried again. */
  readonly mayRetryAfterFill: boolean;
  /** A slot must lie below the end of what the host's own tables can address. */
  readonly limitsGfnsToHost: boolean;
  /** A slot of userspace may lie over one that KVM keeps for itself. */
  readonly mayCoverPrivateSlots: boolean;
  /** Installs of a new VM until every MMIO SPTE is zapped because numbers are used again. */
  readonly installsUntilZap: number;
  /**
   * After a fault that is the guest's own, what its page table says of the address is to count:
   * KVM forgets what it knew, as the processor does.
   */
  readonly forgetsAtGuestFault: boolean;
  /** A sync that leaves no entry in the shadow of a page table has the shadow zapped. */
  readonly zapsEmptyPages: boolean;
  /** What entries are sorted by, the largest first; null where they lie in no array. */
  readonly slotOrder: 'npages' | 'base_gfn' | null;
}

function lowest(generation: bigint, bits: number): number {
  return Number(BigInt.asUintN(bits, generation));
}

/** Bit 63 of the generation: an update is in progress. */
const UPDATE_IN_PROGRESS = 1n << 63n;

/** What did not change before v5.1 (the cache) and v5.7 (the array). */
const FIXED_ARRAY = {
  allocatesSets: true,
  emptySpte: 0n,
  mayRetryAfterFill: false,
  limitsGfnsToHost: false,
  fillsVcpuCacheInWindow: true,
  keepsRightsOfSpte: false,
  hasUnusedEntries: true,
  forgetsAtGuestFault: false,
  zapsEmptyPages: true,
  mayCoverPrivateSlots: true,
};

/** Bit 0 says that an update is under way, from v3.17 until the flag. */
const PARITY: EraRules = {
  isInFlux: (generation) => (generation & 1n) === 1n,
  step: 2,
  stepInSptes: 2,
  increment: 2n,
  start: (1n << 64n) - 150n,
  isVcpuCacheNumbered: true,
  bitsInSpte: 20,
  inSpte: lowest,
  retriesInvalid: false,
  ...FIXED_ARRAY,
  installsUntilZap: 75,
  slotOrder: 'npages',
};

/** Numbers of the two address spaces take turns: each install adds two. */
const flagged = (
  bitsInSpte: number,
  retriesInvalid: boolean,
  slotOrder: EraRules['slotOrder'],
): EraRules => ({
  isInFlux: (generation) => (generation & UPDATE_IN_PROGRESS) !== 0n,
  step: 2,
  stepInSptes: 1,
  increment: 2n,
  start: 0n,
  isVcpuCacheNumbered: true,
  bitsInSpte,
  inSpte: lowest,
  retriesInvalid,
  allocatesSets: true,
  emptySpte: 0n,
  mayRetryAfterFill: false,
  limitsGfnsToHost: false,
  fillsVcpuCacheInWindow: false,
  keepsRightsOfSpte: true,
  hasUnusedEntries: false,
  forgetsAtGuestFault: true,
  zapsEmptyPages: true,
  mayCoverPrivateSlots: false,
  installsUntilZap: 2 ** (bitsInSpte - 1),
  slotOrder,
});

const RULES: Readonly<Record<RulesName, EraRules>> = {
  'v3.16': {
    isInFlux: () => false,
    step: 1,
    stepInSptes: 1,
    increment: 1n,
    start: 0n,
    isVcpuCacheNumbered: false,
    bitsInSpte: 19,
    // A bias brings the first wrap near.
    inSpte: (generation, bits) => lowest(generation + (1n << BigInt(bits)) - 151n, bits),
    retriesInvalid: false,
    ...FIXED_ARRAY,
    installsUntilZap: 150,
    slotOrder: 'npages',
  },
  'v3.17': PARITY,
  'v3.19': { ...PARITY, slotOrder: 'base_gfn' },
  // 4.2 to 5.0: each address space has every other of the even numbers. Two bits are not asked for
  // the wrap in one of them (e1359e2beb8b), so zaps come where the number is 0 only.
  'v4.19': {
    ...PARITY,
    slotOrder: 'base_gfn',
    step: 4,
    increment: 4n,
    mayCoverPrivateSlots: false,
  },
  // 5.1 to 5.3: bit 63 of 5.11, in arrays with an entry for every id; and SPTEs of 4.19.
  'v5.2': { ...flagged(19, false, 'base_gfn'), hasUnusedEntries: true, keepsRightsOfSpte: false },
  // 5.4 to 5.6: the numbers of 5.11 in those arrays.
  'v5.6': { ...flagged(18, false, 'base_gfn'), hasUnusedEntries: true },
  'v5.11': flagged(18, false, 'base_gfn'),
  // 5.14 to 5.16: the numbers of 6.12, in arrays.
  'v5.15': flagged(19, true, 'base_gfn'),
  'v6.12': {
    ...flagged(19, true, null),
    allocatesSets: false,
    emptySpte: 1n << 63n,
    mayRetryAfterFill: true,
    limitsGfnsToHost: true,
    zapsEmptyPages: false,
  },
};

export function rulesOf(name: RulesName): EraRules {
  return RULES[name];
}

/** Whose rules a system is held to. */
export function rulesNameOf({ era, rules }: SystemUnderTest): RulesName {
  return rules ?? era;
}

/** Those whose generation is a number in all of its bits. */
export const WITHOUT_FLAG: readonly RulesName[] = ['v3.16', 'v3.17', 'v3.19', 'v4.19'];

/** Those where bit 63 of the generation says that an update is under way. */
export const FLAGGED: readonly RulesName[] = ['v5.2', 'v5.6', 'v5.11', 'v5.15', 'v6.12'];

/** Those with a second address space, that of system management mode. */
export const TWO_SPACES: readonly RulesName[] = ['v4.19', ...FLAGGED];
