// SPDX-License-Identifier: GPL-2.0-only
// Which units can a mutant be seen in? Those in which the port as it stands enters a region that
// the mutant edits. Everywhere else both do the same, step for step, so that the result of the port
// is that of the mutant, and nothing has to be run.
//
// That holds if a unit enters the same regions whatever was run before it: a port keeps no state
// outside of its world, as a tidy test demands, and what is entered while it is loaded counts as
// entered in every unit. So one port can be measured in unit after unit.

import { atUses } from '#mutation/constants';
import { type Edited, editsKey } from '#mutation/edits';
import type { Edit } from '#mutation/mutant';
import type { Port } from '#mutation/port';
import { countRegions, regionsOfEdits } from '#mutation/probes';
import type { EraName, SystemUnderTest } from '#vocabulary';
import { entries } from './entries.ts';
import { portOf, REFERENCE } from './ports.ts';
import { firstCounter, loadProbed } from './variants.ts';

/** What a unit enters of a port. */
export interface Coverage {
  /** 1 for each region that is entered: by file in the order of the port, then by number. */
  readonly entered: Uint8Array;
  /** How often regions are entered, all in all: a measure of the work that no clock disturbs. */
  readonly entries: number;
}

/** A port with probes, which one unit after the other is run on. */
export class Probed {
  readonly #port: Port;
  readonly #system: SystemUnderTest;
  /** How often each region is entered while the port is loaded. */
  readonly #loading: readonly number[];

  static async of(port: Port, root: URL = REFERENCE): Promise<Probed> {
    entries.fill(0);
    return new Probed(port, await loadProbed(port, root));
  }

  private constructor(port: Port, system: SystemUnderTest) {
    this.#port = port;
    this.#system = system;
    this.#loading = countsOf(port);
  }

  /** Runs the port, and tells what was entered, its loading included. */
  measure<T>(run: (system: SystemUnderTest) => T): {
    readonly result: T;
    readonly coverage: Coverage;
  } {
    entries.fill(0);
    const result = run(this.#system);
    const counts = countsOf(this.#port).map((count, i) => count + this.#loading[i]!);
    const entered = Uint8Array.from(counts, (count) => Number(count > 0));
    const coverage = { entered, entries: counts.reduce((sum, count) => sum + count, 0) };
    return { result, coverage };
  }
}

/** How often each region of a port has been entered. */
function countsOf(port: Port): number[] {
  return [...port.files.values()].flatMap(({ text }) => {
    const first = firstCounter(text);
    return [...entries.subarray(first, first + countRegions(text))];
  });
}

const probed = new Map<EraName, Promise<Probed>>();

/** The port of an era with probes: one for the whole thread, and warm after some units. */
export function probedPort(era: EraName): Promise<Probed> {
  let port = probed.get(era);
  if (port === undefined) {
    port = Probed.of(portOf(era));
    probed.set(era, port);
  }
  return port;
}

/** Answers for each unit whether a mutant can differ there from the port. */
export function reachOf(port: Port, mutant: Edited): (coverage: Coverage) => boolean {
  const edited = editedRegions(port, mutant);
  if (edited === null) return () => true;
  const firsts = new Map<string, number>();
  let first = 0;
  for (const { path, text } of port.files.values()) {
    firsts.set(path, first);
    first += countRegions(text);
  }
  const regions = edited.map(({ path, region }) => firsts.get(path)! + region);
  return ({ entered }) => regions.some((region) => entered[region] === 1);
}

/** The counters of the regions that a mutant edits; null if it counts as always reached. */
export function countersIn(port: Port, mutant: Edited): number[] | null {
  const edited = editedRegions(port, mutant);
  return (
    edited?.map(({ path, region }) => firstCounter(port.files.get(path)!.text) + region) ?? null
  );
}

interface EditedRegion {
  readonly path: string;
  /** Its place among those of the file. */
  readonly region: number;
}

/** Of mutants that a worker is asked about again and again, by their edits. */
const known = new Map<string, readonly EditedRegion[] | null>();

function editedRegions(port: Port, { era, edits }: Edited): readonly EditedRegion[] | null {
  const key = editsKey({ era, edits });
  let regions = known.get(key);
  if (regions === undefined) {
    regions = findEditedRegions(port, edits);
    if (regions === null) {
      const uses = atUses(port, { era, edits });
      regions = uses === null ? null : findEditedRegions(port, uses.edits);
    }
    known.set(key, regions);
  }
  return regions;
}

function findEditedRegions(port: Port, edits: readonly Edit[]): EditedRegion[] | null {
  const found: EditedRegion[] = [];
  for (const path of new Set(edits.map(({ file }) => file))) {
    const own = edits.filter(({ file }) => file === path);
    for (const region of regionsOfEdits(port.files.get(path)!.text, own)) {
      if (region === null) return null;
      found.push({ path, region });
    }
  }
  return found;
}

/** What has been entered of a port, by its counters, since it was last asked for. */
export class Entered {
  readonly #counters: readonly number[];

  constructor(port: Port) {
    this.#counters = [...port.files.values()].flatMap(({ text }) => {
      const first = firstCounter(text);
      return Array.from({ length: countRegions(text) }, (_, i) => first + i);
    });
    this.take();
  }

  take(): number[] {
    const taken: number[] = [];
    for (const counter of this.#counters) {
      if (entries[counter] === 0) continue;
      taken.push(counter);
      entries[counter] = 0;
    }
    return taken;
  }
}
