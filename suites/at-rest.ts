// SPDX-License-Identifier: GPL-2.0-only
// What must hold when everybody has gone home? Every scenario ends with quiet accesses: per vCPU
// cache one to each gfn, which must tell the truth, and one to a gfn that is always MMIO, which the
// caches must remember: a cache that never hits is safe and useless.

import { currentWorld, emit } from '#explorer/run';
import { Contents } from '#explorer/values';
import { type Allocation, Ref, type Value, type World } from '#explorer/world';
import type { Access, AddressSpace, HostConfig, RulesName, Vcpu, Vm } from '#vocabulary';
import { rulesOf } from './era-rules.ts';
import { type MemoryMap, pageAt, spaceOf } from './memory-map.ts';
import type { Oracle } from './oracle.ts';
import { judgeOrder } from './slot-order.ts';

const PAGE = 0x1000n;
/** KVM_MEMSLOT_INVALID: the slot is being deleted or moved, and is found by nobody. */
const INVALID = 0x1_0000;
/** An access at rest settles within a fault, a mapping and a hit. */
const TRIES = 4;

/** A VM at rest, and what is known of it. */
export interface AtRest {
  readonly vm: Vm;
  readonly era: RulesName;
  readonly host: HostConfig;
  readonly oracle: Oracle;
  readonly gfns: readonly bigint[];
  /** Those that the scenario is about. */
  readonly spaces: readonly AddressSpace[];
}

/** Judges one vCPU by what it carries: an access to each gfn must tell the truth. */
export function vcpuAtRest(rest: AtRest, carried: readonly Value[]): Value[] {
  const { vm, host, oracle, gfns, spaces } = rest;
  return spaces.flatMap((space) =>
    gfns.map((gfn) => {
      const vcpu = vm.vcpu(carried.length > 0 ? carried : null);
      if (spaces.length > 1) vm.setSmm(vcpu, space === 1);
      const access = settle(vm, vcpu, gfn, host.mmio);
      for (const { invariant, detail } of oracle.judgeAtRest({ gfn, space }, access))
        emit(invariant, detail);
      return access.kind;
    }),
  );
}

/** Judges what belongs to no vCPU: slots, numbers, entries, and whether caching still works. */
export function vmAtRest(it: AtRest): Value[] {
  const numbers = it.spaces.flatMap((space) => numbersAtRest(it, space));
  const slots = it.spaces.flatMap((space) => slotsAtRest(it, space));
  judgeOthers(it);
  return [...slots, ...numbers, ...effectiveness(it)];
}

/** What others than vCPUs and the updater must not find broken. */
function judgeOthers({ vm }: AtRest): void {
  const { notifier, archWriter } = vm;
  if (notifier !== null && notifier.underWay() !== 0)
    emit('notifier-balance', 'a change by the host never ends');
  if (archWriter?.isLost() === true) emit('arch-writes-survive', 'memory of a slot is lost');
}

/** Accesses a gfn until it answers. */
function settle(vm: Vm, vcpu: Vcpu, gfn: bigint, mmio: HostConfig['mmio']): Access {
  let access = vm.access(vcpu, gfn * PAGE + 0x100n);
  for (let i = 1; i < TRIES && (access.kind === 'mapped' || access.kind === 'retry'); i++) {
    access = vm.access(vcpu, gfn * PAGE + 0x100n);
  }
  if (access.kind === 'mapped' || access.kind === 'retry')
    emit('progress', 'at rest, an access never answers');
  warnOfError(access, mmio);
  return access;
}

/**
 * What KVM does when it gives up: under EPT the processor's part warns and stops the VM, under
 * shadow paging the fault handler has already warned.
 */
export function warnOfError(access: Access, mmio: HostConfig['mmio']): void {
  if (access.kind === 'error' && mmio === 'ept') emit('WARN', 'handle_ept_misconfig');
}

/** A second MMIO access finds the SPTE valid, and with the same vCPU its own cache. */
function effectiveness({ vm, host, oracle, gfns }: AtRest): Value[] {
  const always = gfns.at(-1)!;
  if (pageAt(oracle.truth.final(), { gfn: always, space: 0 }) !== null)
    throw new Error('the last gfn of a scenario must stay MMIO');
  const vcpu = vm.vcpu(null);
  settle(vm, vcpu, always, host.mmio);
  const again = vm.access(vcpu, always * PAGE + 0x200n);
  if (again.kind !== 'mmio-vcpu') emit('cache-effective-at-rest', 'vCPU cache');
  const other = vm.access(vm.vcpu(null), always * PAGE + 0x300n);
  if (other.kind !== 'mmio-spte') emit('cache-effective-at-rest', 'SPTE');
  return [again.kind, other.kind];
}

/** A number at rest is not one of the window, nor does an entry hold one of the window. */
function numbersAtRest({ vm, era, gfns }: AtRest, space: AddressSpace): Value[] {
  const { isInFlux } = rulesOf(era);
  const { mmio } = vm;
  const generation = vm.generation(space);
  if (isInFlux(generation)) emit('generation-monotonic', 'in flux at rest');
  else if (isInFlux(BigInt(mmio.currentGeneration())))
    emit('no-in-flux-tag', 'a number at rest reads as one in flux');
  for (const gfn of gfns) {
    const spte = vm.spte(gfn, space);
    if (mmio.isMmio(spte) && isInFlux(BigInt(mmio.generationOf(spte))))
      emit('no-in-flux-tag', 'an SPTE holds a number in flux');
  }
  // How large the number is, nobody outside can tell.
  return [isInFlux(generation)];
}

/** The slots are those of the plain model, in order, each findable by id and by gfn. */
function slotsAtRest({ vm, era, oracle, gfns }: AtRest, space: AddressSpace): Value[] {
  const map = inSpace(oracle.truth.final(), space);
  const slots = vm.slots(space);
  judgeOrder(vm.entries(space), era);
  judgeSpare(slots, vm.spareSlots(space));
  judgeLeaks(vm);
  if (!isExpected(slots, map)) {
    const hasFailed = oracle.truth.calls.some(({ mustUndo }) => mustUndo);
    if (hasFailed) emit('failed-update-restores', 'the slot is not as it was');
    else emit('arguments-checked', 'the slots are not those of the calls');
  }
  for (const gfn of gfns) judgeLookup(vm, slots, gfn, emit, space);
  return [slots.length];
}

type Slots = ReturnType<Vm['slots']>;

/** Reports a set kept in memory that differs from the one that readers see. */
export function judgeSpare(slots: Slots, spare: Slots | null, report = emit): void {
  if (spare === null) return;
  const text = (all: Slots) => all.map((slot) => Object.values(slot).join(' ')).join('\n');
  if (text(slots) !== text(spare)) report('sets-agree-at-rest', 'the two sets differ');
}

/** Are these the slots of the plain model, field by field? */
export function isExpected(slots: Slots, map: MemoryMap): boolean {
  return (
    slots.length === map.size &&
    slots.every((slot) => {
      const expected = map.get(slot.id) ?? map.get(slot.id | 0x1_0000);
      return (
        expected?.base_gfn === slot.base_gfn &&
        expected.npages === slot.npages &&
        expected.userspace_addr === slot.userspace_addr &&
        expected.flags === slot.flags
      );
    })
  );
}

/** The same for all address spaces. */
export function areExpected(vm: Vm, map: MemoryMap): boolean {
  return spacesOf(vm).every((space) => isExpected(vm.slots(space), inSpace(map, space)));
}

function spacesOf(vm: Vm): readonly AddressSpace[] {
  return vm.addressSpaces === 2 ? [0, 1] : [0];
}

function inSpace(map: MemoryMap, space: AddressSpace): MemoryMap {
  return new Map([...map].filter(([slot]) => spaceOf(slot) === space));
}

/** Reports a gfn whose lookup disagrees with a search through the slots themselves. */
export function judgeLookup(
  vm: Vm,
  slots: Slots,
  gfn: bigint,
  report = emit,
  space: AddressSpace = 0,
): void {
  const slot = slots.find((s) => gfn >= s.base_gfn && gfn < s.base_gfn + s.npages);
  const isUsable = slot !== undefined && (slot.flags & INVALID) === 0;
  const expected = isUsable ? slot.userspace_addr + (gfn - slot.base_gfn) * PAGE : null;
  if (vm.lookup(gfn, space) !== expected)
    report('lookup-equals-scan', 'a lookup disagrees with the slots');
}

/**
 * Reports allocated memory that is not freed and that nobody can reach: from the published pointers
 * on, by the pointers in what was reached.
 */
export function judgeLeaks(vm: Vm, report = emit): void {
  const world = currentWorld();
  const reached = new Set<Allocation>();
  for (const space of spacesOf(vm))
    reachedFrom(world, world.memory[vm.publishedCell(space)]!, reached);
  judgeLeft(reached, report);
}

/** Reports allocated memory that is not freed though its VM has come to an end. */
export function judgeEnded(report = emit): void {
  judgeLeft(new Set(), report);
}

/** Reports allocated memory that is not freed and that is none of `owned`. */
function judgeLeft(owned: ReadonlySet<Allocation>, report: typeof emit): void {
  const world = currentWorld();
  const { poison } = world.table;
  for (const object of world.allocations.values()) {
    if (!object.heap || owned.has(object)) continue;
    // What other schedules allocate, and what could not be had, was never written.
    const isUsed = object.cells.some((cell) => {
      const value = world.memory[cell];
      return value !== poison && value !== world.initial[cell];
    });
    const { label } = object.layout;
    const what = label === 'kvm_memslots' ? 'a set of slots' : 'memory of a slot';
    if (isUsed) report('freed-exactly-once', `${what} is never freed`);
  }
}

/** All objects that a value leads to. */
function reachedFrom(world: World, id: number, reached = new Set<Allocation>()): Set<Allocation> {
  const value = world.valueOf(id);
  if (value instanceof Contents) for (const item of value.items) reachedFrom(world, item, reached);
  const object = value instanceof Ref ? value.object : world.objectAt(value);
  if (object === null || reached.has(object)) return reached;
  reached.add(object);
  for (const cell of object.cells) reachedFrom(world, world.memory[cell]!, reached);
  return reached;
}
