// SPDX-License-Identifier: GPL-2.0-only
// What do the numbers of a kernel look like that nobody has told us about? While an update is under
// way, from one install to the next, and where those in SPTEs come round: all found by running it.

import { ASKED_GFNS, type Asked } from '#lab/tree/asked';
import type { AddressSpace, UserMemoryRegion, Vm } from '#vocabulary';

const PAGE = 0x1000n;
/** Numbers of the second address space carry it in this place of the slot. */
const SPACE_SHIFT = 16;

/** A slot of one page at the gfn that is asked about, or with other flags at another one. */
export function region(
  slot: number,
  gfn: bigint = ASKED_GFNS.slot,
  changed: Partial<UserMemoryRegion> = {},
): UserMemoryRegion {
  return {
    slot,
    flags: 0,
    guest_phys_addr: gfn * PAGE,
    memory_size: PAGE,
    userspace_addr: 0x7f00_0000_0000n + BigInt(slot & 0xff) * 0x10_0000n,
    ...changed,
  };
}

/** Installs new slots once, far from what is asked about. */
export function install(vm: Vm, space: AddressSpace = 0): void {
  const isThere = vm.slots(space).some(({ id }) => id === 1);
  const flags = isThere ? 1 - vm.slots(space).find(({ id }) => id === 1)!.flags : 0;
  vm.setMemoryRegion(region(1 | (space << SPACE_SHIFT), 0x20n, { flags }));
}

const GENERATION = /generation := (0x[0-9a-f]+|-?\d+)$/;
const WAIT = /^synchronize_s?rcu\w*\(\) begins/;

/** The number that readers find while an update is under way, and the one that is left. */
export function numbersOf({ steps }: Asked, vm: Vm): { inFlux: bigint | null; after: bigint } {
  const taken = steps(() => install(vm));
  const wait = taken.findIndex((text) => WAIT.test(text));
  const stored = taken
    .slice(0, Math.max(wait, 0))
    .flatMap((text) => GENERATION.exec(text)?.[1] ?? []);
  const last = stored.at(-1);
  const inFlux = last === undefined ? null : BigInt.asUintN(64, BigInt(last));
  return { inFlux, after: vm.generation() };
}

/**
 * What is added to the number of a VM to say that an update is under way: a flag, or one. Null if
 * the number in flux is no other than the one that is left.
 */
export function markInFlux(asked: Asked): bigint | null {
  return asked.fresh({}, (vm) => {
    const before = vm.generation();
    const { inFlux, after } = numbersOf(asked, vm);
    if (inFlux === null || inFlux === after || inFlux === before) return null;
    return BigInt.asUintN(64, inFlux - before);
  });
}

/** Runs code on a VM that an update is under way in; null if its numbers do not say so. */
export function inWindow<T>(asked: Asked, code: (vm: Vm) => T): T | null {
  const mark = markInFlux(asked);
  return mark === null ? null : asked.fresh({ generationStart: 2n + mark }, code);
}

/** An MMIO SPTE as it is made at another number of the VM. */
export function entryOfNumber({ mmio }: Vm, gfn: bigint, number: number): bigint {
  const fields = mmio.generationMask(mmio.generationMax());
  return (mmio.mark(gfn, 0) & ~fields) | mmio.generationMask(number);
}

export interface Wrap {
  /** The number of a VM that is one install before the wrap, u64. */
  readonly start: bigint;
  /** What SPTEs hold of the number behind that install. */
  readonly number: number;
  /** That install takes away entries that it finds. */
  readonly isZapped: boolean;
  /** From one install to the next. */
  readonly step: bigint;
}

/** How many installs before the first number that comes again a VM is watched from. */
const NEAR = 6;

/**
 * Where numbers of SPTEs come round in an address space: at the install that zaps, and where none
 * does, at the first number that was there before. Null if numbers do not advance.
 */
export function wrapOf({ fresh }: Asked, space: AddressSpace): Wrap | null {
  const step = fresh({}, (vm) => {
    const before = vm.generation(space);
    install(vm, space);
    return BigInt.asUintN(64, vm.generation(space) - before);
  });
  if (step === 0n) return null;
  const size = fresh({}, ({ mmio }) => BigInt(mmio.generationMax()) + 1n);
  // The number is read with something added in some kernels.
  const added = fresh(
    { generationStart: 0n },
    (vm) => BigInt(vm.mmio.currentGeneration()) - vm.generation(),
  );
  const first = 2n * size - added - BigInt(NEAR) * step;
  const startOf = (installs: number) => first + BigInt(installs) * step;
  const numberOf = (generation: bigint) => Number((generation + added + size) % size);
  for (let i = 0; i < 2 * NEAR; i++) {
    const { isZapped, number } = fresh({ generationStart: startOf(i) }, (vm) => {
      plant(vm, space, entryOfNumber(vm, ASKED_GFNS.none, numberOf(vm.generation(space))));
      install(vm, space);
      return {
        isZapped: !isPlanted(vm, space),
        number: numberOf(vm.generation(space)),
      };
    });
    if (isZapped) return { start: startOf(i), number, isZapped, step };
  }
  const number = fresh({ generationStart: startOf(NEAR) }, (vm) => numberOf(vm.generation(space)));
  return { start: startOf(NEAR - 1), number, isZapped: false, step };
}

/** Puts an entry where the page table of an address space has that of the gfn without a slot. */
export function plant(vm: Vm, space: AddressSpace, spte: bigint): void {
  if (space === 0) {
    vm.internals.writeSpte(ASKED_GFNS.none, spte);
    return;
  }
  // There is no other way into the second table than an access.
  const vcpu = vm.vcpu(null);
  vm.setSmm(vcpu, true);
  vm.access(vcpu, ASKED_GFNS.none * PAGE);
}

/** Is there an MMIO SPTE in that place? */
export function isPlanted(vm: Vm, space: AddressSpace): boolean {
  return vm.mmio.isMmio(vm.spte(ASKED_GFNS.none, space));
}
