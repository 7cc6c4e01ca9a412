// SPDX-License-Identifier: GPL-2.0-only
// How does a scenario drive the C of a tree? As it drives a port: the driver plays the processor
// and userspace, walks the page table as hardware does, and sends exits to the tree's own
// handlers. It decides by bits only.

import { currentWorld } from '#explorer/run';
import { config } from '#linux/config';
import type { AddressSpace, HostConfig, SystemUnderTest } from '#vocabulary';
import type { Address, EmittedFunction, Intrinsic } from '../machine.ts';
import { FlatWorld } from '../memory/flat-world.ts';
import type { Site, Translation } from '../translation.ts';
import type { Binding } from './binding.ts';
import { Kernel } from './kernel.ts';
import { NotHosted, unhosted } from './not-hosted.ts';
import { indexOf, makeKvm, makeTable } from './objects.ts';
import { TreeVm } from './tree-vm.ts';

/** A tree whose functions have been translated, for the sizes of one host. */
export interface TranslatedTree {
  readonly translation: Translation;
  /** In the order of `translation.intrinsics`. */
  readonly intrinsics: readonly Intrinsic[];
  /** Types of heap objects, by size in bytes. */
  readonly heapTypes: ReadonlyMap<number, string>;
  /** By type the words that a copy of the struct carries along unseen. */
  readonly unseen: ReadonlyMap<string, ReadonlySet<number>>;
  /** The functions, by number; a mutant has its own. */
  readonly code: readonly EmittedFunction[];
  /** The places of the functions, those of a mutant behind the others. */
  readonly sites: readonly Site[];
  /** 1 for each site whose statement was reached; empty if nobody asks. */
  readonly reached: Uint8Array;
}

/** The system under test of a tree. `translated` is asked once for each VM. */
export function treeSystem(
  binding: Binding,
  translated: (host: HostConfig) => TranslatedTree,
): SystemUnderTest {
  return {
    era: binding.era,
    rules: binding.rules,
    boot: (gfns) => {
      const world = currentWorld();
      const host = config();
      const asked = unhosted(host);
      if (asked !== null) throw new NotHosted(asked);
      const { translation, heapTypes, intrinsics, unseen, ...run } = translated(host);
      const { code: f, sites, reached } = run;
      const flat = new FlatWorld(world, translation, heapTypes);
      const kernel = new Kernel(flat, { f, i: intrinsics, sites, reached });
      for (const [type, words] of unseen) kernel.flat.unseenOf.set(type, words);
      binding.loadModule(kernel, host);
      const machine = {
        kernel,
        host,
        kvm: makeKvm(kernel, binding, host),
        tables: [] as Address[],
      };
      for (let space = 0; space < binding.spaces(kernel, host); space++)
        machine.tables.push(makeTable(machine, binding, space, gfns));
      kernel.flat.emptyEntry = binding.emptyEntry(kernel);
      kernel.flat.entries = machine.tables.flatMap((table) =>
        gfns.map((gfn) => table + 8 * indexOf(gfn)),
      );
      binding.createVm(machine);
      if (host.generationStart !== null) {
        machine.tables.forEach((_, space) => {
          const start = host.generationStart! + BigInt(space);
          binding.setGeneration(machine, space as AddressSpace, start);
        });
      }
      return new TreeVm(binding, machine, gfns).vm();
    },
  };
}
