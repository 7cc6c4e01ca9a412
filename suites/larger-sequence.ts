// SPDX-License-Identifier: GPL-2.0-only
// What seems equal in the sequences of the suites, is it still equal in any sequence? Two vCPUs and
// userspace take turns at random, with arguments at the edges of what is allowed and numbers from
// everywhere. Nothing is judged: ports and mutants are compared by what they answer.

import type { AccessMode, HostConfig, UserMemoryRegion, Vm } from '#vocabulary';
import { FLAGGED } from './era-rules.ts';
import { Random } from './random.ts';
import { BOTH_MASKS, M, type SequentialScenario, X, Y } from './scenario.ts';

const PAGE = 0x1000n;
const LISTS = 60;
const TURNS = 24;
/** As many as the host allows. */
const SLOTS = 3;

/** Numbers at which some field of an SPTE, or the number itself, is about to overflow. */
const STARTS: readonly (bigint | null)[] = [
  null,
  0n,
  (1n << 9n) - 2n,
  (1n << 10n) - 2n,
  (1n << 18n) - 2n,
  (1n << 19n) - 2n,
  (1n << 20n) - 4n,
  (1n << 32n) - 2n,
];
/** Where bit 63 is a flag, no VM at rest has such a number. */
const LAST = (1n << 64n) - 4n;

/** Places that touch each other, and the ends of guest memory. */
const GFNS: readonly bigint[] = [0n, 1n, X - 1n, X, X + 1n, X + 2n, Y, M, (1n << 52n) - 1n];
/** Numbers of pages: mostly few, and at times the most that are allowed, or one more. */
const PAGES: readonly bigint[] = [
  1n,
  1n,
  1n,
  1n,
  2n,
  2n,
  2n,
  3n,
  3n,
  0n,
  (1n << 31n) - 1n,
  1n << 31n,
];
/** What may be added to an address or a size; mostly nothing. */
const OFFSETS: readonly bigint[] = [...Array(14).fill(0n), 1n, PAGE / 2n];
const FLAGS: readonly number[] = [0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4];
/** Where userspace ends. */
const TASK_SIZE = 0x7fff_ffff_f000n;

export const LARGER_SEQUENCE: SequentialScenario = {
  kind: 'sequential',
  id: 'larger/any-turns-of-vcpus-and-userspace',
  eras: null,
  gfns: [X, X + 1n, X + 2n, X - 1n, 0n, 1n, Y, M],
  host: BOTH_MASKS,
  check: ({ era, fresh }) => {
    const starts = FLAGGED.includes(era) ? STARTS : [...STARTS, LAST];
    for (let seed = 1; seed <= LISTS; seed++) {
      const random = new Random(seed);
      const changes: Partial<HostConfig> = { generationStart: random.pick(starts) };
      fresh(changes, (vm) => takeTurns(vm, random));
    }
    return LISTS * TURNS;
  },
};

function takeTurns(vm: Vm, random: Random): void {
  const vcpus = [vm.vcpu(null), vm.vcpu(null)];
  /** Where a slot was put last; most calls are about slots that are there. */
  const regions = new Map<number, UserMemoryRegion>();
  for (let i = 0; i < TURNS; i++) {
    if (random.below(3) === 0) {
      const region = anyRegion(random, regions);
      if (vm.setMemoryRegion(region) === 0) regions.set(region.slot, region);
    } else {
      const gfn = random.pick([X, X, X + 1n, X + 2n, X - 1n, 0n, Y, M]);
      const mode = random.pick<AccessMode>(['read', 'read', 'write', 'write', 'fetch']);
      vm.access(random.pick(vcpus), gfn * PAGE + BigInt(8 * random.below(500)), mode);
    }
    if (random.below(2) === 0) vm.lookup(random.pick(GFNS));
    else vm.lookupToWrite(random.pick(GFNS));
  }
}

/** A place that touches a slot from below or above, or overlaps it by a page. */
function besides(random: Random, other: UserMemoryRegion, size: bigint): bigint {
  const end = other.guest_phys_addr + other.memory_size;
  const below = other.guest_phys_addr - size;
  const place = random.below(2) === 0 ? end : below;
  const overlap = random.below(3) === 0 ? PAGE : 0n;
  return BigInt.asUintN(64, place === end ? end - overlap : below + overlap);
}

function anyRegion(random: Random, regions: ReadonlyMap<number, UserMemoryRegion>) {
  const slot = random.pick([0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 3, 4]);
  const old = regions.get(slot);
  const offset = random.pick(OFFSETS);
  const userspace = random.below(12) === 0 ? TASK_SIZE - random.pick([0n, PAGE, 2n * PAGE]) : null;
  const region: UserMemoryRegion = {
    slot,
    flags: random.pick(FLAGS),
    guest_phys_addr: random.pick(GFNS) * PAGE + (random.below(2) === 0 ? offset : 0n),
    memory_size: random.pick(PAGES) * PAGE + (random.below(3) === 0 ? offset : 0n),
    userspace_addr: (userspace ?? PAGE * 0x1_0000n * BigInt(slot + 1)) + random.pick(OFFSETS),
  };
  const other = regions.get(random.below(SLOTS));
  if (other !== undefined && other.slot !== slot && random.below(2) === 0) {
    return { ...region, guest_phys_addr: besides(random, other, region.memory_size) };
  }
  if (old === undefined || random.below(4) === 0) return region;
  // A change of one thing of a slot that is there: its place, its flags, or all of it goes.
  const { guest_phys_addr, flags } = region;
  return random.pick<UserMemoryRegion>([
    { ...old, guest_phys_addr },
    { ...old, flags },
    { ...old, memory_size: 0n },
  ]);
}
