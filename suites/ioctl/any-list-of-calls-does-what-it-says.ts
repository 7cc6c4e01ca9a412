// SPDX-License-Identifier: GPL-2.0-only
// Calls that create, delete, move and change slots, good ones and bad ones, in any order: does each
// do what the plain model does, and can every gfn and every id be found afterwards?

import type { UserMemoryRegion } from '#vocabulary';
import { isExpected, judgeLeaks, judgeLookup } from '../at-rest.ts';
import { type MemoryMap, setMemoryRegion } from '../memory-map.ts';
import { Random } from '../random.ts';
import { M, type SequentialScenario, type Subject } from '../scenario.ts';
import { judgeOrder } from '../slot-order.ts';

const PAGE = 0x1000n;
const LISTS = 40;
const CALLS = 25;
/** A small range, so that slots touch, overlap and take each other's place. */
const GFNS = 12;
const SLOTS = 4;

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'ioctl/any-list-of-calls-does-what-it-says',
  eras: null,
  gfns: [M],
  // Which slots there are does not depend on how an SPTE is marked.
  host: { mmio: ['ept'], userMemSlots: SLOTS },
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
  for (let i = 0; i < CALLS; i++) {
    const region = anyRegion(random, map);
    const step = setMemoryRegion(map, region, SLOTS);
    const result = vm.setMemoryRegion(region);
    map = step.map;
    if (result !== step.result)
      report('arguments-checked', `${step.change}: ${result}, not ${step.result}`);
    const slots = vm.slots();
    judgeOrder(vm.entries(), era, report);
    if (!isExpected(slots, map))
      report('arguments-checked', 'the slots are not those of the calls');
    for (let gfn = 0; gfn <= GFNS + 3; gfn++) judgeLookup(vm, slots, BigInt(gfn), report);
    // Once the port has gone another way, everything after it would be blamed on later calls.
    if (result !== step.result || !isExpected(slots, map)) break;
  }
  judgeLeaks(vm, report);
  return CALLS;
}

/** Mostly a change of a slot that is there, so that every kind of change is common. */
function anyRegion(random: Random, map: MemoryMap): UserMemoryRegion {
  const slot = random.below(SLOTS);
  const old = map.get(slot);
  const pages = old !== undefined && random.below(8) > 0 ? old.npages : BigInt(random.below(4));
  const gfn =
    old !== undefined && random.below(3) === 0 ? old.base_gfn : BigInt(random.below(GFNS));
  const isDelete = old !== undefined && random.below(4) === 0;
  const elsewhere = random.below(10) === 0 ? 0x40n : 0n;
  return {
    slot,
    flags: random.pick([0, 0, 0, 1, old?.flags ?? 0, 2]),
    guest_phys_addr: gfn * PAGE,
    memory_size: isDelete ? 0n : pages * PAGE,
    userspace_addr: (0x1000n * BigInt(slot + 1) + elsewhere) * PAGE,
  };
}
