// SPDX-License-Identifier: GPL-2.0-only
// Which invariants and scenarios are there? Whatever lies in the folders of suites/: adding one
// adds a file, and no list has to be kept.

import { readdirSync } from 'node:fs';
import type { Invariant } from './invariant.ts';
import type { Scenario } from './scenario.ts';

const SUITES = new URL('./', import.meta.url);
const INVARIANTS = 'invariants';

/** All invariants, sorted by name. Throws if a file is not named like what it exports. */
export async function loadInvariants(): Promise<readonly Invariant[]> {
  const found = await Promise.all(
    namesIn(INVARIANTS).map(async (name) => {
      const { invariant } = await load<{ invariant?: Invariant }>(`${INVARIANTS}/${name}`);
      if (invariant?.name !== name)
        throw new Error(`suites/${INVARIANTS}/${name}.ts exports no invariant of its name`);
      return invariant;
    }),
  );
  return found.sort((a, b) => compare(a.name, b.name));
}

/**
 * All scenarios of all areas, sorted by id. A file exports one `scenario`, or `scenarios` that hold
 * one claim at several sizes. Throws if an id is not the path of its file, or occurs twice.
 */
export async function loadScenarios(): Promise<readonly Scenario[]> {
  const paths = areas().flatMap((area) => namesIn(area).map((name) => `${area}/${name}`));
  const found = await Promise.all(paths.map(scenariosOf));
  const all = found.flat().sort((a, b) => compare(a.id, b.id));
  all.forEach(({ id }, i) => {
    if (all[i + 1]?.id === id) throw new Error(`there are two scenarios ${id}`);
  });
  return all;
}

async function scenariosOf(path: string): Promise<readonly Scenario[]> {
  const { scenario, scenarios } = await load<{
    scenario?: Scenario;
    scenarios?: readonly Scenario[];
  }>(path);
  const list = scenario === undefined ? (scenarios ?? []) : [scenario];
  if (list.length === 0) throw new Error(`suites/${path}.ts exports no scenario`);
  for (const { id } of list) {
    if (id !== path && !id.startsWith(`${path}.`))
      throw new Error(`suites/${path}.ts exports a scenario ${id}`);
  }
  return list;
}

function areas(): string[] {
  return readdirSync(SUITES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && ![INVARIANTS, 'golden'].includes(entry.name))
    .map(({ name }) => name);
}

function namesIn(folder: string): string[] {
  return readdirSync(new URL(`${folder}/`, SUITES))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -'.ts'.length));
}

function load<T>(path: string): Promise<T> {
  return import(new URL(`${path}.ts`, SUITES).href) as Promise<T>;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
