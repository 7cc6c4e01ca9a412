// SPDX-License-Identifier: GPL-2.0-only
// Where does a run keep what it found out? In .cache/ of the working directory, elsewhere, or
// nowhere.

import { join } from 'node:path';
import { type Cache, NO_CACHE, openCache } from '#lab/cache';
import type { Option, Values } from './command.ts';
import { isGiven, textOption } from './options.ts';
import type { Output } from './output.ts';

const FOLDER = join('.cache', 'kvm-mutants');
const VARIABLE = 'KVM_MUTANTS_CACHE';

export const CACHE: Readonly<Record<string, Option>> = {
  cache: {
    type: 'string',
    value: 'DIR',
    help: `keep results in DIR, by default ${FOLDER} or what ${VARIABLE} says`,
  },
  'no-cache': { type: 'boolean', help: 'run everything, and keep nothing for the next run' },
};

export function cacheOption(values: Values, { note }: Output): Cache {
  if (isGiven(values, 'no-cache')) return NO_CACHE;
  return openCache(cacheFolder(values), (text) => note(`kvm-mutants: warning: ${text}\n`));
}

/** The folder of what is kept. */
export function cacheFolder(values: Values): string {
  return textOption(values, 'cache') ?? (process.env[VARIABLE] || FOLDER);
}
