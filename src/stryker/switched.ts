// SPDX-License-Identifier: GPL-2.0-only
// How does a port with Stryker's switches in it get into the lab? As any other text of a port: it
// is read from the sandbox and loaded as modules of its own for each mutant, since a table that a
// module fills at its first use must be filled by the mutant too.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { INSTRUMENTER_CONSTANTS, type MutantCoverage } from '@stryker-mutator/api/core';
import { portOf } from '#lab/ports';
import { loadVariant } from '#lab/variants';
import type { Port } from '#mutation/port';
import type { EraName, SystemUnderTest } from '#vocabulary';

const texts = new Map<string, string>();

/** What the switches in the code ask, and where they count. */
interface Switches {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: MutantCoverage | undefined;
}

export function switches(): Switches {
  const globals = globalThis as unknown as Record<string, Switches | undefined>;
  globals[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {};
  return globals[INSTRUMENTER_CONSTANTS.NAMESPACE]!;
}

/** Loads the port of an era as it lies in a sandbox, with this mutant switched on, or with none. */
export async function loadSwitched(
  sandbox: string,
  era: EraName,
  activeMutant: string | undefined,
): Promise<SystemUnderTest> {
  const context = switches();
  context.activeMutant = activeMutant;
  // A mutant that loops longer than the port is stopped by the budgets of the lab.
  context.hitLimit = undefined;
  return loadVariant(switchedPort(sandbox, era), null);
}

function switchedPort(sandbox: string, era: EraName): Port {
  const port = portOf(era);
  const files = [...port.files.values()].map((file) => ({
    ...file,
    text: textOf(join(sandbox, 'reference', file.path)),
  }));
  return { ...port, files: new Map(files.map((file) => [file.path, file])) };
}

/** The same text is emitted once. */
function textOf(path: string): string {
  let text = texts.get(path);
  if (text === undefined) {
    text = withoutLoop(path, readFileSync(path, 'utf8'));
    texts.set(path, text);
  }
  return text;
}

/** Stryker's own function that counts which switches are passed. */
const COUNT = /for \(var i = 0; i < a\.length; i\+\+\) \{\s*(c\[a\[i\]\] = [^;]*;)\s*\}/;

/**
 * The lab counts the turns of every loop of a port, which may only run in a thread. Stryker's
 * header has a loop that runs while modules are loaded.
 */
function withoutLoop(path: string, text: string): string {
  if (!text.includes('function stryCov_')) return text;
  if (!COUNT.test(text)) throw new Error(`${path} has another header than Stryker 10.1.1 writes`);
  return text.replace(COUNT, '[...a].forEach((_, i) => { $1 });');
}
