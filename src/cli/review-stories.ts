// SPDX-License-Identifier: GPL-2.0-only
// How would the bug come about that a hunk has the shape of? The port that has it is explored in
// small scenarios, and the shortest schedule that breaks the invariant is told. It is a story of
// the port, not of the patch.

import { portOf } from '#lab/ports';
import { loadMakers } from '#lab/registry';
import { INVARIANTS, SCENARIOS } from '#lab/suites';
import { type Loaded, tellViolations } from '#lab/tell';
import { runUnit, type Unit } from '#lab/unit';
import { unitsOf } from '#lab/units';
import { loadSystem } from '#lab/variants';
import { mutantsOfPort } from '#mutation/make';
import type { Mutant } from '#mutation/mutant';
import type { EraName } from '#vocabulary';
import { namesOf } from '../review/moved-names.ts';
import type { PatchReview, Review, Row, Story } from '../review/values.ts';
import { toldStory } from './told-story.ts';

/** Small scenarios that are tried, and states that each may take. */
const UNITS_MAX = 24;
const BUDGET_STATES = 20_000;

/** The review with a story for each row that is about a known bug, where one is found. */
export async function withStories(review: Review, eras: readonly EraName[]): Promise<Review> {
  const patches: PatchReview[] = [];
  for (const patch of review.patches) {
    const rows: Row[] = [];
    for (const row of patch.rows) {
      const mutant = row.word === 'ask' ? await mutantOf(row, patch, eras) : null;
      rows.push(mutant === null ? row : { ...row, story: await storyOf(mutant, row.name) });
    }
    patches.push({ ...patch, rows });
  }
  return { ...review, patches };
}

/** The mutant that has the bug of a row: on the era of the patch, or the newest that has it. */
async function mutantOf(
  { evidence, place }: Row,
  { touched }: PatchReview,
  eras: readonly EraName[],
): Promise<Mutant | null> {
  const known = evidence.find(({ kind }) => kind === 'regression' || kind === 'mutant');
  if (known === undefined) return null;
  const own = touched.flatMap(({ era }) => eras.find((one) => one === era) ?? []);
  const makers = await loadMakers();
  const names = namesOf(place?.function ?? '');
  for (const era of new Set([...own, ...[...eras].reverse()])) {
    const found = mutantsOfPort(portOf(era), makers).filter(({ name }) => name === known.id);
    const mutant = found.find((one) => names.includes(one.function)) ?? found[0];
    if (mutant !== undefined) return mutant;
  }
  return null;
}

/** Null if no small scenario with threads shows it. */
async function storyOf(mutant: Mutant, invariant: string): Promise<Story | null> {
  const { era } = mutant;
  const loaded: Loaded = { era, mutant, system: await loadSystem(era, mutant) };
  for (const unit of smallUnits(era)) {
    const { violations } = runUnit(loaded.system, unit, INVARIANTS);
    const own = violations.filter((one) => one.invariant === invariant && !one.isKnown);
    const told = own.length === 0 ? null : tellViolations(loaded, unit, own, INVARIANTS);
    if (told === null) continue;
    return toldStory(mutant.id, loaded, unit, told);
  }
  return null;
}

/** A slot that is created makes the shortest story: it is one install, and zaps nothing. */
const later = (id: string) => (id.startsWith('mmio-cache/a-created') ? 0 : 0.5);

function smallUnits(era: EraName): Unit[] {
  const choice = { scenarios: SCENARIOS, memoryModel: 'sc', budgetStates: BUDGET_STATES } as const;
  const size = ({ scenario }: Unit) =>
    scenario.kind === 'interleaving'
      ? scenario.vcpus * (scenario.exits.length + 1) + scenario.updates.length + later(scenario.id)
      : Number.POSITIVE_INFINITY;
  return unitsOf(era, choice)
    .filter(({ scenario }) => scenario.kind === 'interleaving')
    .sort((a, b) => size(a) - size(b))
    .slice(0, UNITS_MAX);
}
