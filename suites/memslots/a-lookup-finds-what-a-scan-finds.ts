// SPDX-License-Identifier: GPL-2.0-only
// Slots come, go and move, at gfn 0 as well and side by side. Does each gfn at an edge of a slot,
// or where one was before, lead to what a walk through all slots finds there? In any order, so that
// what was found last may be right, wrong, or a slot that is gone.

import { isExpected } from '../at-rest.ts';
import { type MemoryMap, setMemoryRegion } from '../memory-map.ts';
import { Random } from '../random.ts';
import {
  createSlot,
  deleteSlot,
  M,
  moveSlot,
  type SequentialScenario,
  type Subject,
  type Update,
} from '../scenario.ts';
import { judgeOrder } from '../slot-order.ts';

const LISTS = 40;
const CALLS = 20;
/** One entry stays unused: what a search does when there is none is a claim of its own. */
const SLOTS = 5;
/** So few places that slots touch, and that most lists put one at gfn 0. */
const GFNS = 10;
/** Far above the others, so that something is found there. */
const HIGH = 1n << 40n;

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'memslots/a-lookup-finds-what-a-scan-finds',
  eras: null,
  gfns: [M],
  // Slots are the same whatever an SPTE looks like.
  host: { mmio: ['ept'], userMemSlots: SLOTS + 1 },
  check: (subject) => {
    let checked = 0;
    for (let seed = 1; seed <= LISTS; seed++) {
      checked += subject.fresh({}, (vm) => checkList(subject, vm, new Random(seed)));
    }
    return checked;
  },
};

function checkList({ era, report }: Subject, vm: Subject['vm'], random: Random): number {
  let map: MemoryMap = new Map();
  let checked = 0;
  for (let i = 0; i < CALLS; i++) {
    const { region, text } = anyUpdate(random, map);
    const step = setMemoryRegion(map, region, SLOTS + 1);
    const gfns = edgesOf(map);
    const result = vm.setMemoryRegion(region);
    if (result !== step.result)
      report('arguments-checked', `${text}: ${result}, not ${step.result}`);
    map = step.map;
    judgeOrder(vm.entries(), era, report);
    if (!isExpected(vm.slots(), map))
      report('arguments-checked', 'the slots are not those of the calls');
    checked += lookUp(vm, map, [...gfns, ...edgesOf(map)], random, report);
  }
  return checked;
}

/** Where slots begin and end, what lies beside that, and both ends of guest memory. */
function edgesOf(map: MemoryMap): bigint[] {
  const edges = [...map.values()].flatMap(({ base_gfn, npages }) => [
    base_gfn - 1n,
    base_gfn,
    base_gfn + npages - 1n,
    base_gfn + npages,
  ]);
  return [0n, ...edges.filter((gfn) => gfn >= 0n), HIGH - 1n, (1n << 52n) - 1n];
}

/** Looks up gfns in any order, each of them twice in a row now and then. */
function lookUp(
  vm: Subject['vm'],
  map: MemoryMap,
  gfns: readonly bigint[],
  random: Random,
  report: Subject['report'],
): number {
  const left = [...gfns];
  while (left.length > 0) {
    const at = random.below(left.length);
    const gfn = left[at]!;
    if (random.below(3) > 0) left.splice(at, 1);
    if (vm.lookup(gfn) !== uaddrAt(map, gfn))
      report('lookup-equals-scan', 'a lookup disagrees with the slots');
  }
  return gfns.length;
}

function anyUpdate(random: Random, map: MemoryMap): Update {
  const slot = random.below(SLOTS);
  const old = map.get(slot);
  const gfn = random.below(8) === 0 ? HIGH : BigInt(random.below(GFNS));
  if (old === undefined) return createSlot(slot, gfn, BigInt(1 + random.below(3)));
  if (random.below(3) > 0) return moveSlot(slot, gfn, old.npages);
  return deleteSlot(slot, old.base_gfn);
}

/** A walk through all slots of the plain model. */
function uaddrAt(map: MemoryMap, gfn: bigint): bigint | null {
  for (const { base_gfn, npages, userspace_addr } of map.values()) {
    const pages = gfn - base_gfn;
    if (pages >= 0n && pages < npages) return userspace_addr + (pages << 12n);
  }
  return null;
}
