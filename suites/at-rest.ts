// SPDX-License-Identifier: GPL-2.0-only
// What must hold when everybody has gone home? Every scenario ends with quiet accesses: per vCPU cache
// one to each gfn, which must tell the truth, and one to a gfn that is always MMIO, which the caches
// must remember: a cache that never hits is safe and useless.

import { emit } from '#explorer/run';
import type { Value } from '#explorer/world';
import type { Access, AccessWatch, Vcpu, Vm } from '#vocabulary';
import { type MemoryMap, pageAt } from './memory-map.ts';
import type { Oracle } from './oracle.ts';
import type { InterleavingScenario } from './scenario.ts';

const PAGE = 0x1000n;
const UNWATCHED: AccessWatch = { sectionBegins: () => undefined };
/** An access at rest settles within a fault, a mapping and a hit. */
const TRIES = 4;

/** Judges one vCPU (its carried state), or, given null, the VM. Returns what was seen. */
export function atRest(
  vm: Vm,
  oracle: Oracle,
  scenario: InterleavingScenario,
  carried: readonly Value[] | null,
): readonly Value[] {
  const map = oracle.final();
  if (carried === null)
    return [...slotsAtRest(vm, map, scenario.gfns), ...effectiveness(vm, map, scenario.gfns)];
  const seen: string[] = [];
  for (const gfn of scenario.gfns) {
    const vcpu = vm.vcpu(carried.length > 0 ? carried : null);
    const access = settle(vm, vcpu, gfn);
    for (const { invariant, detail } of oracle.judgeAtRest(map, gfn, access))
      emit(invariant, detail);
    seen.push(access.kind);
  }
  return seen;
}

/** Accesses a gfn until it answers. */
function settle(vm: Vm, vcpu: Vcpu, gfn: bigint): Access {
  let access = vm.access(vcpu, gfn * PAGE, UNWATCHED);
  for (let i = 1; i < TRIES && (access.kind === 'mapped' || access.kind === 'retry'); i++) {
    access = vm.access(vcpu, gfn * PAGE, UNWATCHED);
  }
  if (access.kind === 'mapped' || access.kind === 'retry')
    emit('progress', `gfn 0x${gfn.toString(16)} never answers`);
  if (access.kind === 'error') emit('crash', `an access to gfn 0x${gfn.toString(16)} fails`);
  return access;
}

/** A second MMIO access finds the SPTE valid, and with the same vCPU its own cache. */
function effectiveness(vm: Vm, map: MemoryMap, gfns: readonly bigint[]): Value[] {
  const always = gfns.at(-1)!;
  if (pageAt(map, always) !== null) throw new Error('the last gfn of a scenario must stay MMIO');
  const vcpu = vm.vcpu(null);
  settle(vm, vcpu, always);
  const again = vm.access(vcpu, always * PAGE, UNWATCHED);
  if (again.kind !== 'mmio-vcpu') emit('cache-effective-at-rest', 'vCPU cache');
  const other = vm.access(vm.vcpu(null), always * PAGE, UNWATCHED);
  if (other.kind !== 'mmio-spte') emit('cache-effective-at-rest', 'SPTE');
  return [again.kind, other.kind];
}

/** The slots are those of the plain model, each findable by id and by gfn. */
function slotsAtRest(vm: Vm, map: MemoryMap, gfns: readonly bigint[]): Value[] {
  const slots = vm.slots();
  const ids = new Set(slots.map(({ id }) => id));
  if (ids.size !== slots.length) emit('id-map-exact', 'an id occurs twice');
  const isExpected =
    slots.length === map.size &&
    slots.every((slot) => {
      const expected = map.get(slot.id);
      return (
        expected?.base_gfn === slot.base_gfn &&
        expected.npages === slot.npages &&
        expected.userspace_addr === slot.userspace_addr &&
        expected.flags === slot.flags
      );
    });
  if (!isExpected)
    emit('failed-update-restores', 'the slots are not those of the calls that succeeded');
  slots.forEach((slot, i) => {
    if (slot.index !== i) emit('id-map-exact', 'id_to_index points elsewhere');
  });
  for (const gfn of gfns) {
    const hva = vm.lookup(gfn);
    const page = hva === null ? null : hva >> 12n;
    if (page !== pageAt(map, gfn)) emit('lookup-equals-scan', 'a lookup disagrees with the slots');
  }
  return [slots.length, vm.generation()];
}
