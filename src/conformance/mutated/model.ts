// SPDX-License-Identifier: GPL-2.0-only
// What does the model say of a mutant that two threads run on? All interleavings of what those of
// the probe do, judged as the probe judges: by accesses that begin while the slots rest. What else
// breaks is told apart, since no guest at rest sees it.

import { runDirectly } from '#explorer/run';
import { World } from '#explorer/world';
import { INVARIANTS, type InterleavingScenario, SCENARIOS, settled } from '#lab/suites';
import { runUnit } from '#lab/unit';
import type { HostConfig, SystemUnderTest, UserMemoryRegion } from '#vocabulary';
import { hostFor } from '../sequences.ts';

export interface ModelRaces {
  /** An access at rest is answered wrongly. */
  readonly isSeen: boolean;
  /** Other invariants that break, sorted. */
  readonly inside: readonly string[];
  /** Everything within the bounds was explored. */
  readonly isComplete: boolean;
}

/** What an access at rest shows. */
const SEEN: ReadonlySet<string> = new Set(['stale-after-update', 'no-mapping-after-flush']);

const PAGE = BigInt(0x1000);
const USERSPACE = BigInt(0x10_0000_0000);
/** The page that is watched, that of the guest's code, and one that never has a slot. */
const [X, CODE, NEVER] = [0x10, 0x20, 0x30].map(BigInt) as [bigint, bigint, bigint];
const BUDGET_STATES = 50_000;

function region(slot: number, gfn: bigint, pages: number): UserMemoryRegion {
  return {
    slot,
    flags: 0,
    guest_phys_addr: gfn * PAGE,
    memory_size: BigInt(pages) * PAGE,
    userspace_addr: USERSPACE + BigInt(slot) * BigInt(0x10_0000),
  };
}

const update = (text: string, slot: number, gfn: bigint, pages: number) => ({
  text,
  region: region(slot, gfn, pages),
});
const OF_CODE = update('create slot 1', 1, CODE, 1);
const CREATE = update('create slot 0', 0, X, 1);
const DELETE = update('delete slot 0', 0, X, 0);

/** A guest that is let in fetches its code first, then does one access. */
const SHAPES: readonly Pick<InterleavingScenario, 'before' | 'updates' | 'exits'>[] = [
  { before: [OF_CODE], updates: [CREATE], exits: [CODE, X, CODE, X] },
  { before: [OF_CODE], updates: [CREATE], exits: [CODE, X, CODE, NEVER, CODE, X] },
  { before: [OF_CODE, CREATE], updates: [DELETE], exits: [CODE, X] },
];

/** Explores what the two threads of the probe do, with nested paging as it is probed. */
export function modelRaces(system: SystemUnderTest): ModelRaces {
  const base = SCENARIOS.find(({ kind }) => kind === 'interleaving') as InterleavingScenario;
  const results = SHAPES.map((shape, i) => {
    const host = { ...base.host, npt: true, mmio: ['shadow'] as const };
    const id = `conformance/two-threads.${i}`;
    const gfns = [X, CODE, NEVER];
    const scenario = { ...base, ...shape, id, gfns, host, vcpus: 1, others: [], exitsInSmm: [] };
    const unit = { mmio: 'shadow', memoryModel: 'sc', budgetStates: BUDGET_STATES } as const;
    return runUnit(system, { ...unit, scenario }, INVARIANTS);
  });
  const broken = results
    .flatMap(({ violations }) => violations)
    .filter(({ isKnown }) => !isKnown)
    .map(({ invariant }) => invariant);
  return {
    isSeen: broken.some((name) => SEEN.has(name)),
    inside: [...new Set(broken.filter((name) => !SEEN.has(name)))].sort(),
    isComplete: results.every(({ isComplete }) => isComplete),
  };
}

/** Is a slot used after it was deleted and freed, by one vCPU and nothing else at work? */
export function usesFreed(system: SystemUnderTest, differing: Partial<HostConfig> = {}): boolean {
  const config = { ...hostFor('nested paging', false), ...differing };
  const world = new World({
    threads: 1,
    allocator: 0,
    granularity: 'field',
    config: config as unknown as Record<string, unknown>,
  });
  const boot = () => system.boot([X]);
  const { result: vm } = runDirectly(world, -1, boot, { isBoot: true });
  const { events } = runDirectly(world, 0, () => {
    const vcpu = vm.vcpu(null);
    vm.setMemoryRegion(CREATE.region);
    settled(vm, vcpu, X, 'read');
    vm.setMemoryRegion(DELETE.region);
    settled(vm, vcpu, X, 'read');
  });
  return events.some(({ kind }) => kind === 'use-after-free');
}
