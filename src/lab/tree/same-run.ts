// SPDX-License-Identifier: GPL-2.0-only
// Which units must be run again on a patched tree? Those that run a function which differs. For all
// others the tree is the same text, so what was seen before the patch is what would be seen again.

import type { LoadedTree } from '../../c/load.ts';
import { INVARIANTS } from '../suites.ts';
import { runUnit, type UnitName, unitName, unitText } from '../unit.ts';
import { type ReachedRun, stateOf, type TreeChoice, toldRun, treeUnits } from './tree-run.ts';

/** A tree that was loaded to tell what it reaches, and what was run on it. */
export interface TreeSide {
  readonly tree: LoadedTree;
  readonly run: ReachedRun;
}

/** Runs units on a tree, one after the other, but for those that `before` has the answers of. */
export async function runSide(
  tree: LoadedTree,
  choice: TreeChoice,
  before: TreeSide | null,
  onUnit: (name: UnitName) => void = () => {},
  isOver: () => boolean = () => false,
): Promise<TreeSide> {
  const units = treeUnits(tree, choice);
  const known = before === null ? new Map<string, Answer>() : unchanged(before, tree);
  const answers: Answer[] = [];
  for (const unit of units) {
    if (isOver()) break;
    const name = unitName(unit);
    let answer = known.get(unitText(name));
    if (answer === undefined) {
      onUnit(name);
      tree.takeReached();
      const result = runUnit(tree.system, unit, INVARIANTS);
      answer = { result: { ...result, state: stateOf(result) }, reached: reachedBy(tree) };
      // A signal is seen between two turns of the event loop only.
      await new Promise((resolve) => setImmediate(resolve));
    }
    answers.push(answer);
  }
  const run = toldRun(
    tree,
    choice,
    units,
    answers.map(({ result }) => result),
  );
  return { tree, run: { ...run, reached: answers.map(({ reached }) => reached) } };
}

interface Answer {
  readonly result: ReachedRun['results'][number];
  readonly reached: readonly string[];
}

const reachedBy = (tree: LoadedTree): string[] => [...tree.takeReached()].sort();

/** Names of the functions that run and whose tokens differ, those of one side only among them. */
export function differing(before: LoadedTree, after: LoadedTree): string[] {
  const prints = ({ translation }: LoadedTree) =>
    new Map(translation.functions.map(({ name, fingerprint }) => [name, fingerprint]));
  const [a, b] = [prints(before), prints(after)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
}

/** Is what is translated of two trees the same text? Then every unit has the same answers. */
export function isSame(before: LoadedTree, after: LoadedTree): boolean {
  const names = differing(before, after);
  const none = new Set<string>();
  return names.length === 0 && outside(before, none) === outside(after, none);
}

/**
 * The answers that hold for the patched tree as well: none, if anything outside of the bodies of
 * its functions differs. Lines of a function may have moved, so none of it is told of the new tree.
 */
function unchanged({ tree, run }: TreeSide, after: LoadedTree): Map<string, Answer> {
  const names = new Set(differing(tree, after));
  const known = new Map<string, Answer>();
  if (tree.profile !== after.profile || outside(tree, names) !== outside(after, names))
    return known;
  const changed = linesOf(tree, names);
  run.results.forEach((result, i) => {
    const reached = run.reached[i]!;
    if (reached.some((line) => changed.has(line))) return;
    known.set(unitText(result), { result, reached });
  });
  return known;
}

/** Lines of these functions, as `file:line`. */
function linesOf({ translation }: LoadedTree, names: ReadonlySet<string>): Set<string> {
  const lines = new Set<string>();
  for (const { name, file, line, lastLine } of translation.functions)
    if (names.has(name)) for (let at = line; at <= lastLine; at++) lines.add(`${file}:${at}`);
  return lines;
}

/**
 * All texts without the functions that differ. A directive inside of one may concern what follows,
 * so it stays.
 */
function outside(tree: LoadedTree, names: ReadonlySet<string>): string {
  const gone = linesOf(tree, names);
  return tree.files
    .map(({ path, text }) => {
      const kept = text.split('\n').filter((line, i) => {
        return !gone.has(`${path}:${i + 1}`) || /^\s*#/.test(line);
      });
      return `${path}\n${kept.join('\n')}`;
    })
    .join('\n');
}
