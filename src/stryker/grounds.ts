// SPDX-License-Identifier: GPL-2.0-only
// What must be known before a mutant of Stryker's is run? What the ports do as they stand, and
// which mutants of ours Stryker's are. The process of the dry run finds it out and leaves it in the
// sandbox, where the processes that run mutants read it.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant as StrykerMutant } from '@stryker-mutator/api/core';
import { baselineProblems } from '#lab/baseline';
import type { Coverage } from '#lab/coverage';
import { eraNames, portOf } from '#lab/ports';
import { INVARIANTS, SCENARIOS } from '#lab/suites';
import { runTask, type Task } from '#lab/task';
import type { UnitOrder, UnitResult } from '#lab/unit';
import { unitsOf } from '#lab/units';
import type { Mutant } from '#mutation/mutant';
import { lineStarts } from '#mutation/syntactic/instrument';
import { syntacticMutants } from '#mutation/syntactic/make';
import type { EraName } from '#vocabulary';

/** Which of the lab's work is done, as `kvm` in a Stryker configuration says. */
export interface KvmOptions {
  /** Only these eras; all if it is missing. */
  readonly eras?: readonly EraName[];
  /** Only these scenarios, by id; all if it is missing. */
  readonly scenarios?: readonly string[];
}

export interface Grounds {
  readonly era: EraName;
  readonly units: readonly UnitOrder[];
  readonly baseline: readonly UnitResult[];
  readonly coverage: readonly Coverage[];
  readonly mutants: readonly Mutant[];
}

const FILE = 'kvm-grounds.json';

/** Runs the ports as they stand. Throws if they break what their era is not known to break. */
export async function findGrounds({ eras, scenarios }: KvmOptions): Promise<Grounds[]> {
  const found: Grounds[] = [];
  for (const era of eras ?? eraNames()) {
    const units = unitsOf(era, {
      scenarios: SCENARIOS.filter(({ id }) => scenarios?.includes(id) ?? true),
      memoryModel: null,
      budgetStates: null,
    }).map(({ scenario, ...unit }): UnitOrder => ({ ...unit, scenario: scenario.id }));
    const task: Task = { ...NO_MUTANT, era, units };
    const { units: baseline, coverage } = await runTask(task, null);
    const [problem] = baselineProblems(era, baseline, INVARIANTS, scenarios === undefined);
    if (problem !== undefined) throw new Error(problem.text);
    found.push({ era, units, baseline, coverage, mutants: await syntacticMutants(portOf(era)) });
  }
  return found;
}

/** A task of the lab, but for its era and units, without a mutant. */
export const NO_MUTANT = {
  mutant: null,
  baseline: null,
  coverage: [],
  story: [],
  invariants: [],
  isComplete: false,
};

/** Leaves the grounds in the folder of a sandbox. */
export function saveGrounds(folder: string, grounds: readonly Grounds[]): void {
  const plain = (_key: string, value: unknown) =>
    value instanceof Uint8Array ? [...value] : value;
  writeFileSync(join(folder, FILE), JSON.stringify(grounds, plain));
}

/** Throws if there was no dry run in the folder. */
export function readGrounds(folder: string): Grounds[] {
  const path = join(folder, FILE);
  if (!existsSync(path)) throw new Error(`${path} is missing: there was no dry run`);
  const grounds = JSON.parse(readFileSync(path, 'utf8')) as Grounds[];
  return grounds.map((era) => ({
    ...era,
    coverage: era.coverage.map(({ entered, entries }) => ({
      entered: Uint8Array.from(entered),
      entries,
    })),
  }));
}

/** Finds a mutant of Stryker's among those of an era; null if the era has not its file. */
export function mutantOf({ era, mutants }: Grounds, wanted: StrykerMutant): Mutant | null {
  const path = referencePath(wanted.fileName);
  const file = portOf(era).files.get(path);
  if (file === undefined) return null;
  const lines = lineStarts(file.text);
  const { start, end } = wanted.location;
  const from = lines[start.line]! + start.column;
  const to = lines[end.line]! + end.column;
  const found = mutants.filter(
    ({ name, edits: [edit] }) =>
      edit!.file === path &&
      edit!.start === from &&
      edit!.end === to &&
      name.endsWith(`-${wanted.mutatorName}`) &&
      [wanted.replacement, `(${wanted.replacement})`].includes(edit!.replacement),
  );
  if (found.length === 1) return found[0]!;
  throw new Error(`${found.length} mutants of ours are Stryker's ${wanted.id} in ${path}, not one`);
}

/** The path below reference/ of a file in a project or sandbox. */
export function referencePath(fileName: string): string {
  return fileName.replaceAll('\\', '/').replace(/^(.*\/)?reference\//, '');
}
