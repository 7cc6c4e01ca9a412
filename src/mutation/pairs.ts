// SPDX-License-Identifier: GPL-2.0-only
// What if two bugs are there at once? Each alone is noticed; together one may hide the other. Two
// mutants make a pair if their edits stand in different places, and if what they make together is
// not one mutant that is known anyway.

import { unifiedDiff } from './diff.ts';
import { compareEdits } from './edits.ts';
import { isImportEdit } from './imports.ts';
import { type Edit, type Mutant, MutationError, PAIR_FAMILIES } from './mutant.ts';
import { checkSyntax, type Port } from './port.ts';
import { codeOf, editedStatements } from './regions.ts';

/** Two mutants that together are the code of one mutant, or of the port. */
export interface TwinPair {
  /** The id that the pair would have. */
  readonly id: string;
  /** Who has this code; null: the port, so that each mutant undoes the other. */
  readonly sameAs: string | null;
}

export interface Pairs {
  /** Sorted by id. */
  readonly pairs: readonly Mutant[];
  /** Those that are no mutant of their own, sorted by id. */
  readonly twins: readonly TwinPair[];
  /** How many make no pair, since both edit the same place. */
  readonly overlapping: number;
}

/**
 * The pairs of these mutants, whatever their order. `known`: mutants of the port whose code need
 * not be run once more.
 */
export function pairsOf(port: Port, mutants: readonly Mutant[], known: readonly Mutant[]): Pairs {
  const byCode = new Map<string, string | null>([['', null]]);
  for (const mutant of [...known, ...mutants].sort(byId)) {
    const code = codeOf(port, mutant);
    if (!byCode.has(code)) byCode.set(code, mutant.id);
  }
  const pairs: Mutant[] = [];
  const twins: TwinPair[] = [];
  let overlapping = 0;
  for (const [a, b] of couples(mutants)) {
    const pair = pairOf(port, a, b);
    if (pair === null) {
      overlapping++;
      continue;
    }
    const code = codeOf(port, pair);
    const sameAs = byCode.get(code);
    if (sameAs !== undefined) twins.push({ id: pair.id, sameAs });
    else {
      byCode.set(code, pair.id);
      pairs.push(pair);
    }
  }
  return { pairs, twins, overlapping };
}

/**
 * Both mutants as one; the order does not matter. Null if they edit the same place, or if what they
 * make together does not parse. An import that both need is made once.
 */
export function pairOf(port: Port, one: Mutant, other: Mutant): Mutant | null {
  const [a, b] = [one, other].sort(byId) as [Mutant, Mutant];
  const isShared = (edit: Edit) => isImportEdit(edit) && a.edits.some((own) => isEqual(own, edit));
  const added = b.edits.filter((edit) => !isShared(edit));
  if (added.some((edit) => a.edits.some((own) => isTouching(own, edit)))) return null;
  const edits = [...a.edits, ...added].sort(compareEdits);
  const diff = diffOf(port, edits);
  if (diff === null) return null;
  const within = ({ id, era }: Mutant) => id.slice(era.length + 1);
  return {
    id: `${a.era}/pairs/${within(a)}+${within(b)}`,
    era: a.era,
    kind: 'pair',
    name: `${a.name}+${b.name}`,
    family: null,
    function: a.function,
    file: a.file,
    edits,
    description: `${a.description}; and ${b.description}`,
    diff,
    sameAs: null,
  };
}

/** Each two of different mutants whose families make pairs, once, sorted by id. */
function couples(mutants: readonly Mutant[]): [Mutant, Mutant][] {
  const sorted = mutants
    .filter(({ family }) => family !== null && PAIR_FAMILIES.includes(family))
    .sort(byId);
  return sorted.flatMap((a, at) => sorted.slice(at + 1).map((b): [Mutant, Mutant] => [a, b]));
}

/** Also true for neighbours: of two insertions at one place nobody knows which is first. */
function isTouching(a: Edit, b: Edit): boolean {
  return a.file === b.file && a.start <= b.end && b.start <= a.end;
}

function isEqual(a: Edit, b: Edit): boolean {
  return compareEdits(a, b) === 0 && a.replacement === b.replacement;
}

/** Null if a statement does not parse. */
function diffOf(port: Port, edits: readonly Edit[]): string | null {
  try {
    return [...new Set(edits.map(({ file }) => file))]
      .map((path) => {
        const file = port.files.get(path)!;
        const own = edits.filter((edit) => edit.file === path);
        for (const { after, line } of editedStatements(file, own)) checkSyntax(path, after, line);
        return unifiedDiff(path, file.text, own);
      })
      .join('');
  } catch (error) {
    if (!(error instanceof MutationError)) throw error;
    return null;
  }
}

function byId({ id: a }: Mutant, { id: b }: Mutant): number {
  return a < b ? -1 : Number(a > b);
}
