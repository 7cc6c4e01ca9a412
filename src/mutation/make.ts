// SPDX-License-Identifier: GPL-2.0-only
// How does a port become mutants? Each operator is asked for its places in every function; each
// regression and control brings its own edits. Whatever does not parse, changes nothing or cannot
// be placed is an error here, so that nobody counts a mutant that never was one.

import { createHash } from 'node:crypto';
import { unifiedDiff } from './diff.ts';
import { compareEdits, deletion } from './edits.ts';
import { importEdits } from './imports.ts';
import { type Merged, mergeTwins } from './merge.ts';
import {
  type AnchoredEdit,
  type Change,
  type Control,
  type Edit,
  type Mutant,
  MutationError,
  type Operator,
  type Place,
  type Regression,
} from './mutant.ts';
import { checkSyntax, type Port, type PortFile, type Scope, scopeNamed } from './port.ts';
import { codeOf, editedStatements } from './regions.ts';

/** Mutants of one operator, function by function, each function's in the order of their places. */
export function mutantsOfOperator(port: Port, operator: Operator): Mutant[] {
  return [...port.files.values()].flatMap((file) =>
    file.scopes.flatMap((scope) => {
      const places = placesInOrder(operator, scope);
      const names = placeNames(operator, file, places);
      return places.map((place, index) => {
        const id = `${port.era}/${scope.name}/${operator.name}.${names[index]}`;
        const changes = place.changes.map((change) => editOf(file, change));
        return finished(port, {
          id,
          era: port.era,
          kind: 'operator',
          name: operator.name,
          family: operator.family,
          function: scope.name,
          file: file.path,
          edits: [...importEdits(file, place.imports ?? {}), ...changes],
          description: place.description,
        });
      });
    }),
  );
}

/**
 * What tells the places of one operator in one function apart: a number where there are few, `1`,
 * `2`. A general operator has many, and any edit of the function would shift their numbers: its
 * places are named by a hash of what they change, such as `3fa2`, and by `3fa2-2` for a second one
 * that changes the same.
 */
function placeNames(
  { family }: Operator,
  file: PortFile,
  places: readonly Place[],
): readonly string[] {
  if (family !== 'general') return places.map((_, index) => `${index + 1}`);
  const taken = new Map<string, number>();
  return places.map(({ changes }) => {
    const text = changes.map((change) => `${editOf(file, change).original}\0${change.replacement}`);
    const plain = text.join('\0').replace(/\s+/g, ' ');
    const name = createHash('sha256').update(plain).digest('hex').slice(0, 4);
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    return count === 1 ? name : `${name}-${count}`;
  });
}

/** The regression in this era, or null if the era cannot have it. */
export function mutantOfRegression(port: Port, regression: Regression): Mutant | null {
  if (!regression.eras.includes(port.era)) return null;
  const { name, broke, editsOf } = regression;
  const edits = editsOf?.[port.era] ?? regression.edits;
  return anchored(port, 'regression', 'history', { name, edits }, broke);
}

/** The control in this era, or null if it is not written for it. */
export function mutantOfControl(port: Port, control: Control): Mutant | null {
  if (!control.eras.includes(port.era)) return null;
  const { name, harmless, editsOf } = control;
  const edits = editsOf?.[port.era] ?? control.edits;
  return anchored(port, 'control', 'controls', { name, edits }, harmless);
}

function anchored(
  port: Port,
  kind: 'regression' | 'control',
  folder: string,
  source: { readonly name: string; readonly edits: readonly AnchoredEdit[] },
  description: string,
): Mutant {
  const first = source.edits[0];
  if (first === undefined) throw new MutationError(`${source.name} has no edits`);
  return finished(port, {
    id: `${port.era}/${folder}/${source.name}`,
    era: port.era,
    kind,
    name: source.name,
    family: null,
    function: first.function,
    file: scopeNamed(port, first.function).file.path,
    edits: source.edits.map((edit) => placed(port, source.name, edit)),
    description,
  });
}

/** Where the anchor stands. Throws unless it stands exactly once inside its function. */
function placed(port: Port, name: string, edit: AnchoredEdit): Edit {
  const { file, scope } = scopeNamed(port, edit.function);
  const [from, to] = [scope.node.getStart(), scope.node.getEnd()];
  const found: number[] = [];
  for (let at = file.text.indexOf(edit.anchor, from); at >= 0 && at + edit.anchor.length <= to; ) {
    found.push(at);
    at = file.text.indexOf(edit.anchor, at + 1);
  }
  if (edit.anchor === '' || found.length !== 1) {
    throw new MutationError(
      `${name}: the anchor '${edit.anchor}' stands ${found.length} times in ${edit.function}() ` +
        `of ${file.path}, not once`,
    );
  }
  const [start] = found as [number];
  const end = start + edit.anchor.length;
  const range = edit.replacement === '' ? deletion(file.text, start, end) : { start, end };
  return editOf(file, { ...range, replacement: edit.replacement });
}

function placesInOrder(operator: Operator, scope: Scope): readonly Place[] {
  const places = operator.places(scope);
  const [from, to] = [scope.node.getFullStart(), scope.node.getEnd()];
  const startOf = (place: Place) => Math.min(...place.changes.map((change) => change.start));
  for (const { changes } of places) {
    if (changes.length === 0 || changes.some((c) => c.start < from || c.end > to)) {
      throw new MutationError(`${operator.name} leaves ${scope.name}()`);
    }
  }
  return [...places].sort((a, b) => startOf(a) - startOf(b));
}

function editOf(file: PortFile, change: Change): Edit {
  const original = file.text.slice(change.start, change.end);
  return { file: file.path, original, ...change };
}

/** Applies the edits to see that they make another, sound text, and adds the diff. */
function finished(port: Port, mutant: Omit<Mutant, 'diff' | 'sameAs'>): Mutant {
  const edits = [...mutant.edits].sort(compareEdits);
  const diffs: string[] = [];
  try {
    for (const path of new Set(edits.map((edit) => edit.file))) {
      const file = port.files.get(path)!;
      const own = edits.filter((edit) => edit.file === path);
      for (const { before, after, line } of editedStatements(file, own)) {
        if (before === after) throw new MutationError(`${path} does not change`);
        checkSyntax(path, after, line);
      }
      diffs.push(unifiedDiff(path, file.text, own));
    }
  } catch (error) {
    if (!(error instanceof MutationError)) throw error;
    throw new MutationError(`${mutant.id}: ${error.message}`);
  }
  return { ...mutant, edits, diff: diffs.join(''), sameAs: null };
}

/** What a corpus is made from. */
export interface Makers {
  readonly operators: readonly Operator[];
  readonly regressions: readonly Regression[];
  readonly controls: readonly Control[];
}

/** All mutants of a port, sorted by id, and those that are counted as another of the same code. */
export interface Corpus {
  readonly mutants: readonly Mutant[];
  readonly merged: readonly Merged[];
}

/** Throws if two mutants have one id, or one operator makes one code twice. */
export function corpusOf(port: Port, makers: Makers): Corpus {
  const made = makers.operators.flatMap((operator) => mutantsOfOperator(port, operator));
  const { kept, merged, byCode } = mergeTwins(made, (mutant) => codeOf(port, mutant));
  const others = [
    ...makers.regressions.flatMap((regression) => mutantOfRegression(port, regression) ?? []),
    ...makers.controls.flatMap((control) => mutantOfControl(port, control) ?? []),
  ].map((mutant) => ({ ...mutant, sameAs: byCode.get(codeOf(port, mutant))?.id ?? null }));
  // Ordinals are numbers: the tenth place comes after the second.
  const key = ({ id }: Mutant) => id.replace(/\d+$/, (ordinal) => ordinal.padStart(6, '0'));
  const mutants = [...kept, ...others].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  mutants.forEach((mutant, index) => {
    if (mutants[index + 1]?.id === mutant.id) throw new MutationError(`two mutants ${mutant.id}`);
  });
  return { mutants, merged };
}

export function mutantsOfPort(port: Port, makers: Makers): readonly Mutant[] {
  return corpusOf(port, makers).mutants;
}
