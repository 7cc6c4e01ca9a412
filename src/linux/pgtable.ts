// SPDX-License-Identifier: GPL-2.0-only
// Where do the leaf entries of the page table lie that maps a guest's memory? In one array with an
// entry for each gfn that a scenario uses. Which gfns those are is fixed before the VM is made and
// never changes, so finding an entry is arithmetic on an address, as on hardware, and no step.

import { Crash, currentWorld, PortError } from '#explorer/run';
import type { Value, World } from '#explorer/world';
import type { HostConfig } from './config.ts';
import { apart, type ScalarType, shownIn, u64 } from './fields.ts';

interface Covered {
  readonly gfns: readonly bigint[];
  readonly show: (spte: bigint) => string;
}

const COVERED = new WeakMap<World, Covered>();

function coveredBy(world: World): Covered {
  const found = COVERED.get(world);
  if (found === undefined) throw new PortError('pgtable_init() was not called');
  return found;
}

/**
 * Fixes the gfns that the table of this world covers, in the order of its entries, and how an
 * entry is printed. Called once, before the VM is allocated.
 */
export function pgtable_init(gfns: readonly bigint[], show: (spte: bigint) => string): void {
  COVERED.set(currentWorld(), { gfns: [...gfns], show });
}

/** How many entries the table has. */
export function pte_entries(world: World = currentWorld()): number {
  return coveredBy(world).gfns.length;
}

/** How many leaf page tables of its own the guest has: one, if it has paging on at all. */
export function guest_tables(world: World = currentWorld()): number {
  return (world.options.config as unknown as HostConfig).guestPaging ? 1 : 0;
}

/**
 * How many pages may shadow them, in eras whose guests have an address space for SMM: a page of its
 * own for each.
 */
export function shadow_pages(world: World = currentWorld()): number {
  const { addressSpaces } = world.options.config as unknown as HostConfig;
  return guest_tables(world) * addressSpaces;
}

/**
 * The index of the entry that maps gfn. Scenarios access covered gfns only, so a thread that asks
 * for another one was led astray by its own code, and crashes.
 */
export function pte_index(gfn: bigint): number {
  const index = coveredBy(currentWorld()).gfns.indexOf(gfn);
  if (index < 0) throw new Crash(`an entry of a strange gfn: 0x${gfn.toString(16)}`);
  return index;
}

/** Throws a PortError if the scenario itself names a gfn that it did not give to boot(). */
export function demand_covered(gfn: bigint): void {
  if (coveredBy(currentWorld()).gfns.includes(gfn)) return;
  throw new PortError(`no scenario gave the gfn 0x${gfn.toString(16)} to boot()`);
}

/** A u64 entry: a memory cell of its own, since hardware and lockless walks read it at any time. */
export const pteval_t: ScalarType<bigint> = apart(
  shownIn(u64, (world) => (value: Value) => coveredBy(world).show(value as bigint)),
);

/** The gfn that the entry of this index maps. */
export function pte_gfn(index: number): bigint {
  return coveredBy(currentWorld()).gfns[index]!;
}
