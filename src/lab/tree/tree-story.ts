// SPDX-License-Identifier: GPL-2.0-only
// How does a tree break an invariant? The shortest schedule in the smallest unit, for each
// invariant that is broken.

import type { LoadedTree } from '../../c/load.ts';
import { ORDER, storyOf } from '../story.ts';
import { INVARIANTS } from '../suites.ts';
import { type Loaded, type Told, tellViolations } from '../tell.ts';
import { type Unit, unitName, unitText } from '../unit.ts';
import type { TreeRun } from './tree-run.ts';

export interface TreeStory {
  readonly invariant: string;
  readonly unit: Unit;
  readonly told: Told;
}

/** A tree as those take it who tell stories. */
export function loadedOf({ profile, system, hash }: LoadedTree): Loaded {
  const tree = { name: `tree-${profile.name}`, hash };
  return { era: system.era, mutant: null, system, tree };
}

/**
 * One story for each broken invariant, what a guest can be told first; what was seen without a
 * schedule has none.
 */
export function treeStories(tree: LoadedTree, { units, results }: TreeRun): TreeStory[] {
  const loaded = loadedOf(tree);
  const all = results.flatMap(({ violations, ...unit }) =>
    violations.filter(({ isKnown }) => !isKnown).map((v) => ({ ...unit, ...v })),
  );
  const rank = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  const names = [...new Set(all.map(({ invariant }) => invariant))]
    .sort()
    .sort((a, b) => rank(a) - rank(b));
  return names.flatMap((invariant): TreeStory[] => {
    const own = all.filter((violation) => violation.invariant === invariant);
    const story = storyOf(own, [], units);
    if (story === null) return [];
    const unit = units.find((candidate) => unitText(unitName(candidate)) === unitText(story))!;
    const same = own.filter((violation) => unitText(violation) === unitText(story));
    const told = tellViolations(loaded, unit, same, INVARIANTS);
    return told === null ? [] : [{ invariant, unit, told }];
  });
}
