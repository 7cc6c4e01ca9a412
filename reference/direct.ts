// SPDX-License-Identifier: GPL-2.0-only
// How does a test use a system without an explorer? It makes a world, boots the VM and runs code
// directly, as one thread: every step takes effect at once. For tests only.

import { type RunEvent, runDirectly } from '#explorer/run';
import { World } from '#explorer/world';
import { pgtable_init } from '#linux/pgtable';
import type { HostConfig, SystemUnderTest, Vm } from '#vocabulary';

/** A host as most tests want it: EPT, three slots, the era's own generations, nothing fails. */
export const HOST: HostConfig = {
  mmio: 'ept',
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

/** The gfns that VMs of these tests have leaf entries for. */
export const GFNS: readonly bigint[] = [0x10n, 0x11n, 0n];

/** Boots a VM in a world of its own and runs `code` as thread 0. */
export function direct<T>(
  system: SystemUnderTest,
  host: Partial<HostConfig>,
  code: (vm: Vm) => T,
): { readonly result: T; readonly events: readonly RunEvent[] } {
  const world = new World({
    threads: 1,
    allocator: 0,
    granularity: 'object',
    config: { ...HOST, ...host },
  });
  const vm = runDirectly(world, -1, () => system.boot(GFNS), { isBoot: true }).result;
  return runDirectly(world, 0, () => code(vm));
}

/** Makes the VM of a port without a machine around it, and runs `code` as thread 0. */
export function bare<K, T>(
  create: () => K | null,
  host: Partial<HostConfig>,
  code: (vm: K) => T,
): { readonly result: T; readonly events: readonly RunEvent[] } {
  const config = { ...HOST, ...host };
  const world = new World({ threads: 1, allocator: 0, granularity: 'object', config });
  const boot = () => {
    pgtable_init(GFNS, String);
    return create();
  };
  const vm = runDirectly(world, -1, boot, { isBoot: true }).result;
  if (vm === null) throw new Error('no VM is made');
  return runDirectly(world, 0, () => code(vm));
}
