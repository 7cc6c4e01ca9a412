// SPDX-License-Identifier: GPL-2.0-only
// What is a scenario? A value: who does what to which memory, how large, on which hosts. Suites
// never import a port; whoever runs a scenario hands it a system under test.

import type { HostConfig, MemoryModel, RulesName, UserMemoryRegion, Vm } from '#vocabulary';
import type { Staleness } from './truth.ts';

/** One call of KVM_SET_USER_MEMORY_REGION. */
export interface Update {
  /** How tables name the call, such as `create slot 1 at gfn 0x10`. */
  readonly text: string;
  readonly region: UserMemoryRegion;
}

/** Threads that run at once: vCPUs that access memory, and at most one updater. */
export interface InterleavingScenario {
  readonly kind: 'interleaving';
  /** `<area>/<claim>`, and `.<variant>` where a claim is held at more than one size. */
  readonly id: string;
  readonly vcpus: number;
  readonly updates: readonly Update[];
  /** Updates that were done before the threads begin. */
  readonly before: readonly Update[];
  /** The gfn that each exit of every vCPU accesses. */
  readonly exits: readonly bigint[];
  /** The exits, from 0, that every vCPU spends in system management mode. */
  readonly exitsInSmm: readonly number[];
  /** Threads beside vCPUs and the updater, in eras that have them. */
  readonly others: readonly Other[];
  /** All gfns that the page table covers; the last one never has a slot. */
  readonly gfns: readonly bigint[];
  readonly host: HostChoice;
  /** The memory models that it is meant for. */
  readonly memoryModels: readonly MemoryModel[];
  /** The eras that it can tell something about; null: all. */
  readonly eras: readonly RulesName[] | null;
  /** The invariant that a hit on a stale SPTE breaks here. */
  readonly staleness: Staleness;
  /**
   * Before which of its exits, from 0, each vCPU reloads CR3, where the guest has page tables of
   * its own. Pages are then virtual; each is mapped to the gfn of its number and was read once, and
   * the table was written since.
   */
  readonly reloads?: readonly number[] | undefined;
  /** When the pages were read, all of them but the last were mapped to gfns that have no slot. */
  readonly remapped?: boolean | undefined;
  readonly budgetStates: number;
}

/** A thread that does one thing, once. */
export type Other =
  /** The host changes what lies behind userspace addresses: a start and an end. */
  | { readonly kind: 'notifier'; readonly from: bigint; readonly to: bigint }
  /** Slots get memory late, as at the first shadow page table. */
  | { readonly kind: 'arch writer' }
  /**
   * Another processor of the guest takes the right to write from the entry of a page. It may then
   * load CR3 and write to the page itself.
   */
  | { readonly kind: 'guest writer'; readonly page: bigint; readonly isFlushing?: true }
  /**
   * KVM finds a page of the guest, in a section, or because userspace names it by a call that is no
   * exit; then it reads or writes the page in a section of its own.
   */
  | {
      readonly kind: 'page user';
      readonly gfn: bigint;
      readonly foundBy: 'reader' | 'userspace';
      readonly does: 'read' | 'write';
      /** Half of the bytes lie on the page behind. */
      readonly isSplit?: true;
    };

/** Code that one thread runs alone, against a plain model or a rule about values. */
export interface SequentialScenario {
  readonly kind: 'sequential';
  readonly id: string;
  readonly eras: readonly RulesName[] | null;
  readonly gfns: readonly bigint[];
  readonly host: HostChoice;
  /**
   * There if all is tried that a guest and userspace can do within a bound: the bound in words.
   * What is the same in all of it is then equal within it.
   */
  readonly exhausts?: string;
  /**
   * Runs in direct execution; breaks an invariant by reporting it. Returns how much was checked.
   */
  readonly check: (subject: Subject) => number;
}

export type Scenario = InterleavingScenario | SequentialScenario;

/** What the scenario of an id claims, whatever its size: `<area>/<claim>`. */
export function claimOf(id: string): string {
  return id.replace(/\..*$/, '');
}

/** What a sequential scenario works with. */
export interface Subject {
  /** A new VM on the scenario's host. */
  readonly vm: Vm;
  readonly era: RulesName;
  readonly host: HostConfig;
  /** Runs code on one more new VM, in a world of its own, on a host that differs as given. */
  readonly fresh: <T>(changes: Partial<HostConfig>, code: (vm: Vm) => T) => T;
  readonly report: (invariant: string, detail: string) => void;
  /** How often the system left an array so far. */
  readonly strays: () => number;
}

/** The host parameters that a scenario fixes; each scenario runs under every mask it names. */
export interface HostChoice extends Partial<Omit<HostConfig, 'mmio'>> {
  readonly mmio: readonly HostConfig['mmio'][];
}

/** Both ways to mark an SPTE as MMIO: what is equivalent under one may be a bug under the other. */
export const BOTH_MASKS: HostChoice = { mmio: ['ept', 'shadow'] };

export const HOST: Omit<HostConfig, 'mmio'> = {
  npt: false,
  maxphyaddr: 40,
  userMemSlots: 3,
  privateMemSlots: 0,
  addressSpaces: 2,
  guestPaging: false,
  nested: false,
  longBits: 64,
  privateMemory: false,
  l1tf: false,
  generationBits: null,
  generationStart: null,
  failAllocations: [],
  failPrepare: [],
};

/** A host with one of the masks that a scenario names. */
export function hostOf(choice: HostChoice, mmio: HostConfig['mmio']): HostConfig {
  return { ...HOST, ...choice, mmio };
}

const PAGE = 0x1000n;

/**
 * Userspace addresses, far apart so that every page tells where it came from; below 2^40, so that a
 * frame of the same number exists.
 */
const USERSPACE = 0x10_0000_0000n;

function update(
  text: string,
  slot: number,
  gfn: bigint,
  pages: bigint,
  uaddr: bigint,
  flags = 0,
): Update {
  const region = {
    slot,
    flags,
    guest_phys_addr: gfn * PAGE,
    memory_size: pages * PAGE,
    userspace_addr: uaddr,
  };
  return { text, region };
}

const hex = (gfn: bigint) => `0x${gfn.toString(16)}`;
const uaddrOf = (slot: number) => USERSPACE + BigInt(slot) * 0x10_0000n;

export function createSlot(slot: number, gfn: bigint, pages = 1n): Update {
  return update(`create slot ${slot} at gfn ${hex(gfn)}`, slot, gfn, pages, uaddrOf(slot));
}

export function deleteSlot(slot: number, gfn: bigint): Update {
  return update(`delete slot ${slot}`, slot, gfn, 0n, uaddrOf(slot));
}

export function moveSlot(slot: number, gfn: bigint, pages = 1n): Update {
  return update(`move slot ${slot} to gfn ${hex(gfn)}`, slot, gfn, pages, uaddrOf(slot));
}

/** The same call for the address space of SMM. */
export function inSmm({ text, region }: Update): Update {
  return { text: `${text} in SMM`, region: { ...region, slot: region.slot | 0x1_0000 } };
}

/** The host changes the pages of a slot. */
export function hostChanges(slot: number, pages = 1n): Other {
  return { kind: 'notifier', from: uaddrOf(slot), to: uaddrOf(slot) + pages * PAGE };
}

/** The host changes the first pages of two slots and all that lies between them, in one range. */
export function hostChangesBoth(lower: number, higher: number): Other {
  return { kind: 'notifier', from: uaddrOf(lower), to: uaddrOf(higher) + PAGE };
}

/** What a thread beside vCPUs and the updater does, in a sentence without its end. */
export function otherText(other: Other): string {
  if (other.kind === 'arch writer') return 'slots get memory late';
  if (other.kind === 'notifier') return `the host changes ${hex(other.from)} to ${hex(other.to)}`;
  if (other.kind === 'guest writer')
    return `the guest takes away the right to write page ${hex(other.page)}`;
  const { gfn, foundBy, does } = other;
  const asker = foundBy === 'reader' ? 'vCPU' : 'call of userspace';
  return `KVM finds gfn ${hex(gfn)} (asked by a ${asker}) and ${does}s it`;
}

/** KVM_MEM_LOG_DIRTY_PAGES on: changes flags only. */
export function logDirty(slot: number, gfn: bigint, pages = 1n): Update {
  return update(`log dirty pages of slot ${slot}`, slot, gfn, pages, uaddrOf(slot), 1);
}

/** A short name of the size, such as `2v2u1f`: vCPUs, updates, exits of each vCPU. */
export function sizeOf(
  scenario: Pick<InterleavingScenario, 'vcpus' | 'updates' | 'exits'>,
): string {
  return `${scenario.vcpus}v${scenario.updates.length}u${scenario.exits.length}f`;
}

/** The gfn that scenarios watch. */
export const X = 0x10n;
/** A gfn far from it, where slots are that nobody watches. */
export const Y = 0x20n;
/** A gfn that never has a slot. */
export const M = 0x30n;

/** What the sizes of one claim have in common; all else has a usual value. */
export interface Claim {
  readonly id: string;
  readonly updates: readonly Update[];
  readonly before?: readonly Update[];
  readonly others?: readonly Other[];
  readonly gfns?: readonly bigint[];
  readonly host?: HostChoice;
  readonly memoryModels?: readonly MemoryModel[];
  readonly eras?: readonly RulesName[];
  readonly staleness?: Staleness;
  readonly reloads?: readonly number[];
  readonly remapped?: boolean;
}

/** One size of a claim; `variant` is part of its id, by default the size. */
export interface Size {
  readonly vcpus: number;
  readonly exits: readonly bigint[];
  readonly budgetStates: number;
  readonly variant?: string;
  /** The exits, from 0, in system management mode. */
  readonly exitsInSmm?: readonly number[];
}

/**
 * Holds a claim at several sizes, under both masks and sequential consistency if not said
 * otherwise.
 */
export function atSizes(claim: Claim, sizes: readonly Size[]): InterleavingScenario[] {
  return sizes.map((size): InterleavingScenario => {
    const { vcpus, exits, budgetStates } = size;
    const { updates, before = [], gfns = [X, M] } = claim;
    const variant = size.variant ?? sizeOf({ vcpus, updates, exits });
    return {
      kind: 'interleaving',
      id: `${claim.id}.${variant}`,
      vcpus,
      updates,
      before,
      exits,
      exitsInSmm: size.exitsInSmm ?? [],
      others: claim.others ?? [],
      gfns,
      host: claim.host ?? BOTH_MASKS,
      memoryModels: claim.memoryModels ?? ['sc'],
      eras: claim.eras ?? null,
      staleness: claim.staleness ?? 'stale-after-update',
      reloads: claim.reloads,
      remapped: claim.remapped,
      budgetStates,
    };
  });
}

/** The small sizes, for claims about one gfn: each finds something that a larger one can miss. */
export const SMALL: readonly Size[] = [
  { vcpus: 1, exits: [X], budgetStates: 10_000 },
  { vcpus: 1, exits: [X, X], budgetStates: 10_000 },
  { vcpus: 2, exits: [X], budgetStates: 50_000 },
  { vcpus: 2, exits: [X, X], budgetStates: 200_000 },
];
