// SPDX-License-Identifier: GPL-2.0-only
// What do options that several commands share mean? Each is described once, and read by one
// function that refuses what cannot be meant.

import { ERAS, INVARIANTS, LARGER_SCENARIOS, SCENARIOS, type Scenario } from '#lab/suites';
import { FAMILIES, type Family, PROTOCOL_FAMILIES } from '#mutation/mutant';
import { UserError } from '#user-error';
import type { EraName, MemoryModel } from '#vocabulary';
import type { Option, Values } from './command.ts';
import { findNamed, orText, shorten } from './names.ts';

export const MEMORY_MODELS: readonly MemoryModel[] = ['sc', 'pso-release'];

/** Options that every command has. */
export const COMMON: Readonly<Record<string, Option>> = {
  json: { type: 'boolean', help: 'print a versioned JSON document instead of text' },
  output: {
    type: 'string',
    short: 'o',
    value: 'FILE',
    help: 'write the result to FILE instead of standard output; - is standard output',
  },
  quiet: { type: 'boolean', short: 'q', help: 'no progress and no remarks on standard error' },
  directory: {
    type: 'string',
    short: 'C',
    value: 'DIR',
    help: 'work as if started in DIR: files are read and written there',
  },
  help: { type: 'boolean', help: 'print this page; -h prints the usage only' },
  h: { type: 'boolean', short: 'h', help: 'print the usage in a few lines' },
};

export const ERA: Option = {
  type: 'string',
  value: 'ERA',
  help: 'a kernel release such as v3.17, or all',
};
export const MEMORY_MODEL: Option = {
  type: 'string',
  value: 'MODEL',
  help: 'sc (sequential consistency) or pso-release (store buffers, release publication)',
};
export const BUDGET_STATES: Option = {
  type: 'string',
  value: 'N',
  help: 'store at most N states in one exploration; if that is not enough, the answer is unknown',
};
export const VERBOSE: Option = { type: 'boolean', short: 'v', help: 'tell more' };

export function isGiven(values: Values, name: string): boolean {
  return values[name] === true;
}

export function textOption(values: Values, name: string): string | null {
  const value = values[name];
  return typeof value === 'string' ? value : null;
}

/** A whole number from `least` to `most`; null if the option was not given. */
export function numberOption(
  values: Values,
  name: string,
  least: number,
  most: number,
): number | null {
  const text = textOption(values, name);
  if (text === null) return null;
  const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UserError(
    `--${name} must be a whole number from ${least} to ${most}, not '${shorten(text)}'`,
  );
}

/** The chosen eras, oldest first. */
export function erasOption(values: Values, byDefault: string): EraName[] {
  const text = textOption(values, 'era') ?? byDefault;
  if (text === 'all') return ERAS.map(({ name }) => name);
  return [findNamed('era', text, ERAS, (era) => era.name).name];
}

export function memoryModelOption(values: Values): MemoryModel | null {
  const text = textOption(values, 'memory-model');
  if (text === null) return null;
  const model = MEMORY_MODELS.find((known) => known === text);
  if (model !== undefined) return model;
  throw new UserError(`--memory-model must be ${orText(MEMORY_MODELS)}, not '${shorten(text)}'`);
}

export const SCENARIO_HELP =
  'only these scenarios, separated by commas; without its size a name stands for all sizes';

/** Scenarios named by --scenario, separated by commas; null if it was not given. */
export function scenariosOption(values: Values): readonly Scenario[] | null {
  const text = textOption(values, 'scenario');
  if (text === null) return null;
  const named = new Set(text.split(',').flatMap(scenariosNamed));
  return SCENARIOS.filter((scenario) => named.has(scenario));
}

/** The scenario of an id, or all sizes of a claim, or of a variant of it, that is named instead. */
export function scenariosNamed(name: string): readonly Scenario[] {
  const sizes = SCENARIOS.filter(({ id }) => id === name || id.startsWith(`${name}.`));
  return sizes.length > 0 ? sizes : [scenarioNamed(name)];
}

export function scenarioNamed(id: string): Scenario {
  return findNamed('scenario', id, SCENARIOS, (scenario) => scenario.id);
}

/** A scenario by its id; also one of those in which ports and mutants are only compared. */
export function replayableNamed(id: string): Scenario {
  return LARGER_SCENARIOS.find((scenario) => scenario.id === id) ?? scenarioNamed(id);
}

export const FAMILY: Option = {
  type: 'string',
  value: 'NAMES',
  help: 'only operators of these families, separated by commas, or `all`; all but bits and general',
};

/** Families of operators whose mutants are run; those about the protocol unless it says more. */
export function familiesOption(values: Values): readonly Family[] {
  const text = textOption(values, 'family');
  if (text === null) return PROTOCOL_FAMILIES;
  if (text === 'all') return FAMILIES;
  return text.split(',').map((name) => findNamed('family', name, FAMILIES, (family) => family));
}

/** Invariants named by --invariant, separated by commas; empty if it was not given. */
export function invariantsOption(values: Values): string[] {
  const text = textOption(values, 'invariant');
  if (text === null) return [];
  return text
    .split(',')
    .map((name) => findNamed('invariant', name, INVARIANTS, (i) => i.name).name);
}
