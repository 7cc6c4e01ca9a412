// SPDX-License-Identifier: GPL-2.0-only
// Which units can a mutant be seen in? Those in which the port as it stands enters a region that
// the mutant edits. Everywhere else both do the same, step for step, so that the result of the port
// is that of the mutant, and nothing has to be run.
//
// That holds if a unit enters the same regions whatever was run before it. So the port is measured
// in modules of its own for every unit, from their loading to the last check at rest: a table that
// is filled at its first use, once for a process, is filled in every unit that uses it. A mutant,
// whose units share modules, enters no more than that.

import { type Edited, editsKey } from '#mutation/edits';
import type { Edit } from '#mutation/mutant';
import type { Port } from '#mutation/port';
import { countRegions, regionsOfEdits } from '#mutation/probes';
import type { SystemUnderTest } from '#vocabulary';
import { entries } from './entries.ts';
import { REFERENCE } from './ports.ts';
import { firstCounter, loadProbed } from './variants.ts';

/** What a unit enters of a port. */
export interface Coverage {
  /** 1 for each region that is entered: by file in the order of the port, then by number. */
  readonly entered: Uint8Array;
  /** How often regions are entered, all in all: a measure of the work that no clock disturbs. */
  readonly entries: number;
}

/** Loads the port, runs it, and tells what was entered. */
export async function covered<T>(
  port: Port,
  run: (system: SystemUnderTest) => T,
  root: URL = REFERENCE,
): Promise<{ readonly result: T; readonly coverage: Coverage }> {
  entries.fill(0);
  const result = run(await loadProbed(port, root));
  const counts = [...port.files.values()].flatMap(({ text }) => {
    const first = firstCounter(text);
    return [...entries.subarray(first, first + countRegions(text))];
  });
  const entered = Uint8Array.from(counts, (count) => Number(count > 0));
  const coverage = { entered, entries: counts.reduce((sum, count) => sum + count, 0) };
  return { result, coverage };
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
