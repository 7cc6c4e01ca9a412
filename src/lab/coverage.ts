// SPDX-License-Identifier: GPL-2.0-only
// Which units can a mutant be seen in? Those in which the port as it stands enters a region that
// the mutant edits. Everywhere else both do the same, step for step, so that the result of the port
// is that of the mutant, and nothing has to be run.
//
// That holds if a unit enters the same regions whatever was run before it. So the port is measured
// in modules of its own for every unit, from their loading to the last check at rest: a table that
// is filled at its first use, once for a process, is filled in every unit that uses it. A mutant,
// whose units share modules, enters no more than that.

import type { Mutant } from '#mutation/mutant';
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
export function reachOf(port: Port, mutant: Mutant): (coverage: Coverage) => boolean {
  const regions: number[] = [];
  let first = 0;
  for (const { path, text } of port.files.values()) {
    const edits = mutant.edits.filter((edit) => edit.file === path);
    for (const region of edits.length === 0 ? [] : regionsOfEdits(text, edits)) {
      if (region === null) return () => true;
      regions.push(first + region);
    }
    first += countRegions(text);
  }
  return ({ entered }) => regions.some((region) => entered[region] === 1);
}
