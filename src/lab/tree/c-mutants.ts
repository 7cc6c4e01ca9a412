// SPDX-License-Identifier: GPL-2.0-only
// Which mutants does the C of a tree have? Edits of the functions that run, each as a value that
// the lab can judge like the mutant of a port. What C does not allow is none, nor is what says the
// same as the function or as another mutant.

import { shortHash } from '#explorer/schedule';
import { unifiedDiff } from '#mutation/diff';
import type { Mutant } from '#mutation/mutant';
import type { LoadedTree } from '../../c/load.ts';
import { type CMutant, mutantsOfC, translatedMutant } from '../../c/mutation/mutants.ts';
import { C_OPERATORS, type COperator } from '../../c/mutation/operators.ts';
import { type FunctionText, functionText, standsAlone } from '../../c/retranslate.ts';
import type { CParser } from '../../c/text/ast.ts';
import { type NotMutable, placeText } from './c-mutant-text.ts';

/** A mutant of C, and the statement that it edits. */
export interface TreeMutant {
  readonly mutant: Mutant;
  /** 1-based, of the first edit. */
  readonly line: number;
  /** The line on which the innermost statement begins that holds the first edit. */
  readonly statementLine: number;
}

export interface TreeMutants {
  readonly mutants: readonly TreeMutant[];
  /** Functions that were chosen and that nobody can edit alone, with the reason. */
  readonly left: readonly NotMutable[];
}

export interface CMutantChoice {
  /** Names of functions that run, sorted. */
  readonly functions: readonly string[];
  readonly operators: readonly COperator[];
  /** Not more than so many, spread over all by a hash of their ids; null: all. */
  readonly sample: number | null;
}

/** The mutants of the chosen functions, in the order of files and lines. */
export function mutantsOfTree(
  parser: CParser,
  tree: LoadedTree,
  { functions, operators, sample }: CMutantChoice,
): TreeMutants {
  const left: NotMutable[] = [];
  const mutants: TreeMutant[] = [];
  for (const name of functions) {
    const made = mutantsOfFunction(parser, tree, name, operators);
    if ('why' in made) left.push(made);
    else mutants.push(...made);
  }
  return { mutants: sampled(mutants, sample), left };
}

function mutantsOfFunction(
  parser: CParser,
  tree: LoadedTree,
  name: string,
  operators: readonly COperator[],
): readonly TreeMutant[] | NotMutable {
  const { translation } = tree;
  const of = textOf(tree, name);
  if (of === null || !standsAlone(translation, of, name)) {
    return { function: name, why: 'its text alone is not what was translated' };
  }
  const seen = new Set<string>();
  return mutantsOfC(parser, name, of, operators).flatMap((made): TreeMutant[] => {
    const translated = translatedMutant(translation, of, made);
    if (translated === null || seen.has(translated.function.fingerprint)) return [];
    seen.add(translated.function.fingerprint);
    return [{ mutant: asMutant(tree, of, made), ...made }];
  });
}

/** Where a function stands in its file; null if the file was not read. */
export function textOf({ files, translation }: LoadedTree, name: string): FunctionText | null {
  const made = translation.functionNamed.get(name);
  const file = files.find(({ path }) => path === made?.file);
  return made === undefined || file === undefined ? null : functionText(file, made);
}

/** As the lab knows mutants. */
function asMutant({ system }: LoadedTree, { file }: FunctionText, made: CMutant): Mutant {
  const edits = made.edits.map((edit) => ({
    file: file.path,
    ...edit,
    original: file.text.slice(edit.start, edit.end),
  }));
  return {
    id: made.id,
    era: system.era,
    kind: 'operator',
    name: made.operator,
    family: null,
    function: made.function,
    file: file.path,
    edits: edits.sort((a, b) => a.start - b.start),
    description: placeText(made, edits),
    diff: unifiedDiff(file.path, file.text, edits),
    sameAs: null,
  };
}

/** By a hash of their ids, so that a larger sample holds a smaller one. */
function sampled(mutants: readonly TreeMutant[], most: number | null): readonly TreeMutant[] {
  if (most === null || mutants.length <= most) return mutants;
  const ranks = mutants
    .map(({ mutant: { id } }) => ({ id, rank: shortHash(id) }))
    .sort((a, b) => (a.rank < b.rank || (a.rank === b.rank && a.id < b.id) ? -1 : 1));
  const chosen = new Set(ranks.slice(0, most).map(({ id }) => id));
  return mutants.filter(({ mutant: { id } }) => chosen.has(id));
}

export { C_OPERATORS };
