// SPDX-License-Identifier: GPL-2.0-only
// Which system under test does the user mean? An era by its name, or a mutant by its id.

import { eraNames, portOf } from '#lab/ports';
import { allMutants, loadMakers } from '#lab/registry';
import type { Loaded } from '#lab/tell';
import { loadSystem } from '#lab/variants';
import { mutantsOfPort } from '#mutation/make';
import type { Mutant } from '#mutation/mutant';
import { pairOf } from '#mutation/pairs';
import { PREFIX, syntacticMutants } from '#mutation/syntactic/make';
import { UserError } from '#user-error';
import type { EraName } from '#vocabulary';
import { findNamed } from './names.ts';

/** The era as it stands. */
export async function loadEra(era: EraName): Promise<Loaded> {
  return { era, mutant: null, system: await loadSystem(era, null) };
}

/** The mutant of an id. Throws a UserError with the nearest ids. */
export async function loadMutant(id: string): Promise<Loaded> {
  const mutant = await mutantNamed(id);
  return { era: mutant.era, mutant, system: await loadSystem(mutant.era, mutant) };
}

/** An era or a mutant: what a schedule calls its subject. */
export async function loadSubject(name: string): Promise<Loaded> {
  // Ids of mutants have slashes, names of eras have none.
  if (name.includes('/')) return loadMutant(name);
  return loadEra(findNamed('era', name, eraNames(), (era) => era));
}

export async function mutantNamed(id: string): Promise<Mutant> {
  const pair = await pairNamed(id);
  if (pair !== null) return pair;
  const era = eraNames().find((known) => id.startsWith(`${known}/`));
  if (era !== undefined && id.includes(`/${PREFIX}`)) {
    const made = await syntacticMutants(portOf(era));
    return findNamed('mutant', id, made, (mutant) => mutant.id);
  }
  const own = era === undefined ? [] : mutantsOfPort(portOf(era), await loadMakers());
  const known = own.some((mutant) => mutant.id === id) ? own : await allMutants();
  return findNamed('mutant', id, known, (mutant) => mutant.id);
}

/** Both mutants of a pair as one; null if the id is not that of a pair. */
export async function pairNamed(id: string): Promise<Mutant | null> {
  const [, name, one, other] = /^([^/]+)\/pairs\/([^+]+)\+([^+]+)$/.exec(id) ?? [];
  const era = eraNames().find((known) => known === name);
  if (era === undefined) return null;
  const a = await mutantNamed(`${era}/${one}`);
  const pair = pairOf(portOf(era), a, await mutantNamed(`${era}/${other}`));
  if (pair !== null) return pair;
  throw new UserError(`${one} and ${other} edit the same place, so they make no pair`);
}

/** The invariants whose story a subject tells: those that a regression names. */
export async function namedInvariants({ mutant }: Loaded): Promise<readonly string[]> {
  if (mutant?.kind !== 'regression') return [];
  const { regressions } = await loadMakers();
  return regressions.find(({ name }) => name === mutant.name)?.breaks ?? [];
}
