// SPDX-License-Identifier: GPL-2.0-only
// What does a patch do to the verdicts on a tree? For each invariant: fixes it, breaks it, changes
// nothing, or nobody can tell. Nothing is ever called correct.

import { INVARIANTS } from '#lab/suites';
import type { TreeResult } from '#lab/tree/tree-run';
import { unitText, violationText } from '#lab/unit';
import { schemaOf, TOOL } from './schema.ts';
import { columns } from './texts.ts';
import { claimOf, honestyLines, storyTables, type TreeCheck, treeEntry } from './tree-check.ts';

/** A tree whose patched form could not be loaded. */
export interface Unloaded {
  readonly name: string;
  readonly problem: string;
}

export type Effect = 'fixes' | 'regression' | 'unchanged' | 'present before' | 'cannot tell';

export interface Change {
  readonly invariant: string;
  readonly effect: Effect;
  /** Runs that differ, or that nobody can tell of. */
  readonly runs: readonly string[];
}

export interface Comparison {
  readonly before: TreeCheck;
  readonly after: TreeCheck | Unloaded;
  readonly changes: readonly Change[];
  /** Functions of the tree that run in both and differ, and those that run on one side only. */
  readonly functions: readonly string[];
  readonly status: 0 | 1 | 3;
}

export function comparisonOf(before: TreeCheck, after: TreeCheck | Unloaded): Comparison {
  if ('problem' in after) return { before, after, changes: [], functions: [], status: 3 };
  const changes = INVARIANTS.map(({ name }) => changeOf(name, before, after)).filter(
    ({ effect }) => effect !== 'unchanged',
  );
  const has = (effect: Effect) => changes.some((change) => change.effect === effect);
  const status = has('regression') ? 1 : has('cannot tell') ? 3 : 0;
  return { before, after, changes, functions: differingFunctions(before, after), status };
}

/** Every run is held against the run of the same name. */
function changeOf(invariant: string, before: TreeCheck, after: TreeCheck): Change {
  const old = new Map(before.run.results.map((result) => [unitText(result), result]));
  // What kernels of this kind are known for is no excuse for a patch that brings it in.
  const breaks = (result: TreeResult | undefined, other: TreeResult | undefined) =>
    result?.violations.some(
      (v) =>
        v.invariant === invariant &&
        !(v.isKnown && other?.violations.some((o) => violationText(o) === violationText(v))),
    ) ?? false;
  const of = (holds: (a: TreeResult | undefined, b: TreeResult) => boolean) =>
    after.run.results.filter((b) => holds(old.get(unitText(b)), b)).map(unitText);
  const fixed = of((a, b) => breaks(a, b) && b.isComplete && !breaks(b, a));
  const broken = of((a, b) => a?.isComplete === true && !breaks(a, b) && breaks(b, a));
  const same = of((a, b) => breaks(a, b) && breaks(b, a));
  const unknown = of(
    (a, b) => !breaks(b, a) && (!b.isComplete || a?.isComplete !== true) && !isSkipped(a, b),
  );
  if (broken.length > 0) return { invariant, effect: 'regression', runs: broken };
  if (unknown.length > 0) return { invariant, effect: 'cannot tell', runs: unknown };
  if (same.length > 0) return { invariant, effect: 'present before', runs: same };
  return { invariant, effect: fixed.length > 0 ? 'fixes' : 'unchanged', runs: fixed };
}

/** Neither side hosts it, which is said once and changes nothing. */
function isSkipped(a: TreeResult | undefined, b: TreeResult): boolean {
  return a?.state === 'not hosted' && b.state === 'not hosted';
}

function differingFunctions(before: TreeCheck, after: TreeCheck): string[] {
  const prints = ({ tree }: TreeCheck) =>
    new Map(tree.translation.functions.map(({ name, fingerprint }) => [name, fingerprint]));
  const [a, b] = [prints(before), prints(after)];
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((name) => a.get(name) !== b.get(name))
    .sort();
}

const SAID: Readonly<Record<Effect, string>> = {
  fixes: 'the patch fixes it, within the bounds',
  regression: 'REGRESSION: it held before',
  unchanged: 'nothing changes within the bounds',
  'present before': 'broken before the patch, and still',
  'cannot tell': 'UNKNOWN: no answer on one side',
};

export function comparisonText(comparison: Comparison): string {
  const { before, after, changes, functions } = comparison;
  if ('problem' in after) {
    return `${before.name}\nThe patched tree cannot be checked: ${after.problem}\n`;
  }
  const touched =
    functions.length === 0
      ? 'The patch changes no function that runs here: no verdict is about it.'
      : `Functions that run here and differ: ${functions.join(', ')}`;
  const verdicts =
    changes.length === 0
      ? ['Nothing changes within the bounds. That does not say that the patch is right.']
      : columns(
          changes.map(({ invariant, effect, runs }) => [invariant, SAID[effect], claims(runs)]),
        );
  const tables = [
    ...storyTables(after),
    ...(changes.some(({ effect }) => effect === 'fixes')
      ? ['Before the patch:', ...storyTables(before)]
      : []),
  ];
  return [
    `${before.name}, before and after the patch\nprofile ${before.tree.profile.name}` +
      (after.tree.profile === before.tree.profile ? '' : `, then ${after.tree.profile.name}`),
    touched,
    verdicts.join('\n'),
    ...tables.map((table) => table.trimEnd()),
    honestyLines(after.tree.honesty).join('\n'),
  ]
    .join('\n\n')
    .concat('\n');
}

function claims(runs: readonly string[]): string {
  const names = [...new Set(runs.map((run) => claimOf(run.split(' ')[0]!)))];
  return `${runs.length} runs: ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', ...' : ''}`;
}

export function comparisonDocument({ before, after, changes, functions }: Comparison): object {
  return {
    schema: schemaOf('check-patch'),
    tool: TOOL,
    tree: before.name,
    profile: before.tree.profile.name,
    functions,
    changes,
    before: treeEntry(before),
    after: 'problem' in after ? { problem: after.problem } : treeEntry(after),
    honesty: 'problem' in after ? before.tree.honesty : after.tree.honesty,
  };
}
