// SPDX-License-Identifier: GPL-2.0-only
// Which operators, regressions and controls are there? Whatever lies in the folders of mutants/:
// adding one adds a file and its test, and no list has to be kept.

import { readdirSync } from 'node:fs';
import { type Makers, mutantsOfPort } from '#mutation/make';
import {
  type Control,
  type Mutant,
  MutationError,
  type Operator,
  type Regression,
} from '#mutation/mutant';
import type { EraName } from '#vocabulary';
import { eraNames, portOf } from './ports.ts';

const MUTANTS = new URL('../../mutants/', import.meta.url);

/** All that makes mutants, each kind sorted by name. */
export async function loadMakers(): Promise<Makers> {
  const [operators, regressions, controls] = await Promise.all([
    modulesIn<Operator>('operators', 'operator'),
    modulesIn<Regression>('history', 'regression'),
    modulesIn<Control>('controls', 'control'),
  ]);
  return { operators, regressions, controls };
}

/** All mutants of an era, or of every era, eras from old to new and each sorted by id. */
export async function allMutants(eras: readonly EraName[] = eraNames()): Promise<Mutant[]> {
  const makers = await loadMakers();
  return eras.flatMap((era) => mutantsOfPort(portOf(era), makers));
}

/** What the files of a folder export under one name. Throws if a file is not named like it. */
async function modulesIn<T extends { readonly name: string }>(
  folder: string,
  exported: string,
): Promise<T[]> {
  const files = readdirSync(new URL(`${folder}/`, MUTANTS))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .sort();
  return Promise.all(
    files.map(async (file) => {
      const url = new URL(`${folder}/${file}`, MUTANTS);
      const module = (await import(url.href)) as Readonly<Record<string, T | undefined>>;
      const value = module[exported];
      if (value?.name !== file.slice(0, -'.ts'.length)) {
        throw new MutationError(`mutants/${folder}/${file} exports no ${exported} of its name`);
      }
      return value;
    }),
  );
}
