// SPDX-License-Identifier: GPL-2.0-only
// How does a worker put one mutant after the other into a port that is loaded once? It is loaded
// with a slot for each function, and the functions of a mutant are put there and taken out again.

import { atUses } from '#mutation/constants';
import { type Edited, editsKey } from '#mutation/edits';
import type { Mutant } from '#mutation/mutant';
import { emptied, functionNames, type Patch, patchesOf, slotSetter } from '#mutation/patch';
import type { Port } from '#mutation/port';
import type { EraName, SystemUnderTest } from '#vocabulary';
import { portOf } from './ports.ts';
import { loadSlotted, loadSystem, type Slotted, stripTypes } from './variants.ts';

type AnyFunction = (...args: readonly unknown[]) => unknown;

/** A function of the top level of a port. */
export interface PortFunction {
  /** Runs what stands in its slot, or else itself. */
  readonly code: AnyFunction;
  readonly put: (replacement: AnyFunction | undefined) => void;
}

/** A function by where it stands: the file, and the number of its slot there. */
function keyOf(path: string, slot: number): string {
  return `${path} ${slot}`;
}

/** A port that can be patched. Without a patch it is the port as it stands. */
export class Patched {
  readonly #port: Port;
  readonly #slotted: Slotted;
  /** By edits; null for a mutant that no patch makes. */
  readonly #known = new Map<string, readonly Patch[] | null>();

  #current: readonly Patch[] = [];
  #functions: ReadonlyMap<string, PortFunction> | null = null;

  constructor(port: Port, slotted: Slotted) {
    this.#port = port;
    this.#slotted = slotted;
  }

  get system(): SystemUnderTest {
    return this.#slotted.system;
  }

  /** Can the mutant be made by a patch? */
  takes(mutant: Edited): boolean {
    return this.#patchesOf(mutant) !== null;
  }

  /** From now on the port is the mutant. Throws if no patch makes it, or if it is another one. */
  enter(mutant: Edited): void {
    const patches = this.#patchesOf(mutant);
    if (patches === null) throw new Error('no patch makes this mutant');
    if (this.#current.length > 0) throw new Error('the port is another mutant still');
    this.#current = patches;
    for (const { path, code } of patches) for (const one of code) this.#slotted.run(path, one);
  }

  /** From now on the port is as it stands. */
  leave(): void {
    for (const patch of this.#current) this.#slotted.run(patch.path, emptied(patch));
    this.#current = [];
  }

  /** Keys of the functions that a mutant edits. Throws if no patch makes it. */
  editedBy(mutant: Edited): string[] {
    const patches = this.#patchesOf(mutant);
    if (patches === null) throw new Error('no patch makes this mutant');
    return patches.flatMap(({ path, slots }) => slots.map((slot) => keyOf(path, slot)));
  }

  /** All functions of the top level that can be patched, by key. */
  get functions(): ReadonlyMap<string, PortFunction> {
    this.#functions ??= this.#findFunctions();
    return this.#functions;
  }

  #findFunctions(): Map<string, PortFunction> {
    const found = new Map<string, PortFunction>();
    const run = <T>(path: string, code: string) => this.#slotted.run(path, code) as T;
    for (const { path, text, isMutated } of this.#port.files.values()) {
      if (!isMutated) continue;
      functionNames(text).forEach((name, slot) => {
        const code = run<AnyFunction>(path, name);
        const put = run<PortFunction['put']>(path, slotSetter(slot));
        found.set(keyOf(path, slot), { code, put });
      });
    }
    return found;
  }

  /** Runs code while the port is the mutant. */
  with<T>(mutant: Edited, code: () => T): T {
    this.enter(mutant);
    try {
      return code();
    } finally {
      this.leave();
    }
  }

  #patchesOf(mutant: Edited): readonly Patch[] | null {
    const key = editsKey(mutant);
    let patches = this.#known.get(key);
    if (patches === undefined) {
      const uses = atUses(this.#port, mutant);
      const typed = patchesOf(this.#port, uses ?? mutant);
      patches = typed?.map((patch) => ({ ...patch, code: patch.code.map(stripTypes) })) ?? null;
      this.#known.set(key, patches);
    }
    return patches;
  }
}

const loaded = new Map<string, Promise<Patched>>();

/** The port of an era that can be patched: one with probes and one without for the whole thread. */
export function patchedPort(era: EraName, isProbed: boolean): Promise<Patched> {
  const key = `${era} ${isProbed}`;
  let patched = loaded.get(key);
  if (patched === undefined) {
    const port = portOf(era);
    patched = loadSlotted(port, isProbed).then((slotted) => new Patched(port, slotted));
    loaded.set(key, patched);
  }
  return patched;
}

/** Runs code on the system of a mutant: on a patched port if a patch makes it, else loaded anew. */
export async function onMutant<T>(
  mutant: Mutant,
  code: (system: SystemUnderTest) => T,
): Promise<T> {
  const patched = await patchedPort(mutant.era, false);
  if (patched.takes(mutant)) return patched.with(mutant, () => code(patched.system));
  return code(await loadSystem(mutant.era, mutant));
}
