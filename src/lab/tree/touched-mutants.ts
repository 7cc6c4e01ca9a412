// SPDX-License-Identifier: GPL-2.0-only
// Would the suites notice a mistake in the very lines that a patch touches? Mutants of those lines
// are run in the units that come to them, the cheapest first, until one breaks something. Budgets
// are counts of steps: what they do not reach is not run, and counts for nothing.

import type { LoadedTree } from '../../c/load.ts';
import type { CParser } from '../../c/text/ast.ts';
import { INVARIANTS } from '../suites.ts';
import { runUnit, type UnitResult, violationText } from '../unit.ts';
import { canaryOf } from './c-canary.ts';
import { mutatedSystem } from './c-mutant-run.ts';
import { C_OPERATORS, mutantsOfTree, type TreeMutant, textOf } from './c-mutants.ts';
import { differing, type TreeSide } from './same-run.ts';

/** A mutant of a touched line. */
export interface TouchedMutant {
  readonly id: string;
  /** What is edited where, on one line. */
  readonly text: string;
  /** The invariants that it breaks and the patched tree does not, sorted; none for a survivor. */
  readonly breaks: readonly string[];
}

export interface TouchedMutants {
  /** Of these the verdict is known. */
  readonly mutants: readonly TouchedMutant[];
  /** No unit comes to their lines. */
  readonly unreached: number;
  /** A unit gave no answer, or the budget was spent. */
  readonly notRun: number;
  /** Functions that cannot be edited alone, or whose canary lives: nothing is said of them. */
  readonly left: readonly string[];
}

/** Runs mutants of what differs between the trees. Equal input gives equal answers. */
export function runTouchedMutants(
  parser: CParser,
  before: LoadedTree,
  after: TreeSide,
  budgetSteps: number,
  isOver: () => boolean,
): TouchedMutants {
  const { tree } = after;
  const names = differing(before, tree).filter((name) => tree.translation.functionNamed.has(name));
  const choice = { functions: names.sort(), operators: C_OPERATORS, sample: null };
  const made = mutantsOfTree(parser, tree, choice);
  const trial = new Trial(after, budgetSteps, isOver);
  const deaf = names.filter((name) => trial.isDeaf(name));
  const left = [...made.left.map((one) => one.function), ...deaf];
  const touched = touchedLines(before, tree, names);
  const wanted = made.mutants.filter(
    ({ mutant, line, statementLine }) =>
      !left.includes(mutant.function) &&
      [line, statementLine].some((at) => touched.has(`${mutant.file}:${at}`)),
  );
  const told = wanted.map((one) => trial.run(one));
  return {
    mutants: told.filter((one) => typeof one === 'object'),
    unreached: told.filter((one) => one === 'unreached').length,
    notRun: told.filter((one) => one === 'not run').length,
    left: left.sort(),
  };
}

/** Lines of the patched functions that were not there before; all of one that only lost lines. */
function touchedLines(
  before: LoadedTree,
  after: LoadedTree,
  names: readonly string[],
): Set<string> {
  const touched = new Set<string>();
  for (const name of names) {
    const of = textOf(after, name);
    if (of === null) continue;
    const lines = of.file.text.slice(of.start, of.end).split('\n');
    const old = textOf(before, name);
    const known = new Set(old?.file.text.slice(old.start, old.end).split('\n') ?? []);
    const isNew = lines.map((line) => !known.has(line));
    const isLossOnly = !isNew.includes(true);
    isNew.forEach((is, i) => {
      if (is || isLossOnly) touched.add(`${of.file.path}:${of.line + i}`);
    });
  }
  return touched;
}

/** The units that a mutant is run in, with what is left of the budget. */
class Trial {
  readonly #side: TreeSide;
  readonly #isOver: () => boolean;
  #left: number;

  constructor(side: TreeSide, budgetSteps: number, isOver: () => boolean) {
    this.#side = side;
    this.#left = budgetSteps;
    this.#isOver = isOver;
  }

  /** Does nobody notice that a function of the tree crashes at once? Then it is not run at all. */
  isDeaf(name: string): boolean {
    const { tree } = this.#side;
    const made = tree.translation.functionNamed.get(name)!;
    const [first] = this.#unitsThat((file, line) => {
      return file === made.file && line >= made.line && line <= made.lastLine;
    });
    // Where nobody comes, its mutants are not reached either, which is said of them.
    if (first === undefined) return false;
    return this.#breaks(mutatedSystem(tree, canaryOf(tree, name)), first)?.length === 0;
  }

  run({ mutant, statementLine }: TreeMutant): TouchedMutant | 'unreached' | 'not run' {
    const units = this.#unitsThat((file, line) => file === mutant.file && line === statementLine);
    if (units.length === 0) return 'unreached';
    const system = mutatedSystem(this.#side.tree, mutant);
    const said = { id: mutant.id, text: mutant.description };
    for (const unit of units) {
      if (this.#left <= 0 || this.#isOver()) return 'not run';
      const breaks = this.#breaks(system, unit);
      if (breaks === null) return 'not run';
      if (breaks.length > 0) return { ...said, breaks };
    }
    return { ...said, breaks: [] };
  }

  /** Invariants that break on top of what the patched tree breaks; null without an answer. */
  #breaks(system: Parameters<typeof runUnit>[0], index: number): string[] | null {
    const { run } = this.#side;
    const known = new Set(run.results[index]!.violations.map(violationText));
    const result = runUnit(system, run.units[index]!, INVARIANTS);
    this.#left -= stepsOf(result);
    const news = result.violations.filter((violation) => !known.has(violationText(violation)));
    if (news.length === 0 && !result.isComplete) return null;
    return [...new Set(news.map(({ invariant }) => invariant))].sort();
  }

  /** Units with an answer that come to such a line, those of few steps first. */
  #unitsThat(isLine: (file: string, line: number) => boolean): number[] {
    const { results, reached } = this.#side.run;
    const comes = (i: number) =>
      reached[i]!.some((text) => {
        const colon = text.lastIndexOf(':');
        return isLine(text.slice(0, colon), Number(text.slice(colon + 1)));
      });
    return results
      .flatMap(({ isComplete }, i) => (isComplete && comes(i) ? [i] : []))
      .sort((a, b) => stepsOf(results[a]!) - stepsOf(results[b]!) || a - b);
  }
}

/** What a unit costs, whatever the machine: how much code was unfolded, and what it accessed. */
function stepsOf({ counts: { nodes, accesses, states } }: UnitResult): number {
  return nodes + accesses + states;
}
