// SPDX-License-Identifier: GPL-2.0-only
// How were the VMs of a sequence made, and would a mutant make them alike? They are made in new
// worlds, since much of it can be done but once.

import { currentWorld, type RunEvent, runDirectly } from '#explorer/run';
import { World, type WorldOptions } from '#explorer/world';
import type { SystemUnderTest, Vm } from '#vocabulary';
import { madeText, textOf } from './face.ts';

type Gfns = Parameters<SystemUnderTest['boot']>[0];

interface Boot {
  readonly options: WorldOptions;
  readonly gfns: Gfns;
  /** What came out. */
  readonly made: string;
}

/** Each way in which VMs were made, once. */
export class Boots {
  readonly #system: SystemUnderTest;
  readonly #known = new Map<string, Boot>();

  constructor(system: SystemUnderTest) {
    this.#system = system;
  }

  /** Makes a VM in the world that runs. */
  boot(gfns: Gfns): Vm {
    const { options } = currentWorld();
    const key = textOf({ options, gfns });
    if (!this.#known.has(key))
      this.#known.set(key, { options, gfns, made: this.#makeAnew(options, gfns) });
    return this.#system.boot(gfns);
  }

  /** Are all VMs made now as they were made then? */
  areRepeated(): boolean {
    return [...this.#known.values()].every(
      ({ options, gfns, made }) => this.#makeAnew(options, gfns) === made,
    );
  }

  #makeAnew(options: WorldOptions, gfns: Gfns): string {
    // What is decided once for a host is decided again for another one like it.
    const world = new World({ ...options, config: { ...options.config } });
    const events: RunEvent[] = [];
    const boot = () => this.#system.boot(gfns);
    const outcome = () => {
      try {
        const { result: vm } = runDirectly(world, -1, boot, { isBoot: true, events });
        return madeText(vm, world);
      } catch (error) {
        return `throws ${String(error)}`;
      }
    };
    const made = outcome();
    const told = events.map(({ kind, detail }) => `${kind} ${detail}`);
    return [made, world.accesses, ...told].join('\n');
  }
}
