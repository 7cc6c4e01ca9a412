// SPDX-License-Identifier: GPL-2.0-only
// Which functions does --functions name, and which are there?

import { portOf } from '#lab/ports';
import type { EraName } from '#vocabulary';
import type { Option, Values } from './command.ts';
import { findNamed } from './names.ts';
import { textOption } from './options.ts';

export const FUNCTIONS: Option = {
  type: 'string',
  value: 'NAMES',
  help: 'only mutants of these functions and constants of the kernel, separated by commas',
};

/** The functions that ports of these eras have, sorted. */
export function portedFunctions(eras: readonly EraName[]): string[] {
  const scopes = eras.flatMap((era) => [...portOf(era).files.values()].flatMap((f) => f.scopes));
  return [...new Set(scopes.map(({ name }) => name))].sort();
}

/** Functions of ports that --functions names, sorted; empty if it was not given. */
export function functionsOption(values: Values, eras: readonly EraName[]): string[] {
  const text = textOption(values, 'functions');
  return text === null ? [] : functionsNamed(text, portedFunctions(eras));
}

/** The eras whose ports have one of these functions; all if none is named. */
export function erasWith(functions: readonly string[], eras: readonly EraName[]): EraName[] {
  return eras.filter(
    (era) =>
      functions.length === 0 || portedFunctions([era]).some((name) => functions.includes(name)),
  );
}

/** Of the known functions those that are named, sorted. Throws a UserError for any other. */
export function functionsNamed(text: string, known: readonly string[]): string[] {
  const named = text.split(',').map((name) => findNamed('function', name, known, (one) => one));
  return [...new Set(named)].sort();
}
