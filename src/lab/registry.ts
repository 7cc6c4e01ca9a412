// SPDX-License-Identifier: GPL-2.0-only
// Which operators, regressions and controls are there? Whatever lies in the folders of mutants/:
// adding one adds a file and its test, and no list has to be kept.

import { type Makers, mutantsOfPort } from '#mutation/make';
import type { Control, Mutant, Operator, Regression } from '#mutation/mutant';
import type { EraName } from '#vocabulary';
import { modulesOf } from './modules.ts';
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

const modulesIn = <T extends { readonly name: string }>(folder: string, exported: string) =>
  modulesOf<T>(new URL(`${folder}/`, MUTANTS), exported);
