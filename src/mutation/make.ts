// SPDX-License-Identifier: GPL-2.0-only
// How does a port become mutants? Each operator is asked for its places in every function; each
// regression and control brings its own edits. Whatever does not parse, changes nothing or cannot
// be placed is an error here, so that nobody counts a mutant that never was one.

import { unifiedDiff } from './diff.ts';
import { applyEdits, compareEdits, deletion } from './edits.ts';
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

/** Mutants of one operator, function by function, each function's in the order of their places. */
export function mutantsOfOperator(port: Port, operator: Operator): Mutant[] {
  return [...port.files.values()].flatMap((file) =>
    file.scopes.flatMap((scope) =>
      placesInOrder(operator, scope).map((place, index) => {
        const id = `${port.era}/${scope.name}/${operator.name}.${index + 1}`;
        const changes = place.changes.map((change) => editOf(file, change));
        return finished(port, {
          id,
          era: port.era,
          kind: 'operator',
          name: operator.name,
          function: scope.name,
          file: file.path,
          edits: changes,
          description: place.description,
        });
      }),
    ),
  );
}

/** The regression in this era, or null if the era cannot have it. */
export function mutantOfRegression(port: Port, regression: Regression): Mutant | null {
  if (!regression.eras.includes(port.era)) return null;
  return anchored(port, 'regression', 'history', regression, regression.broke);
}

/** The control in this era, or null if it is not written for it. */
export function mutantOfControl(port: Port, control: Control): Mutant | null {
  if (!control.eras.includes(port.era)) return null;
  return anchored(port, 'control', 'controls', control, control.harmless);
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
      const { text } = port.files.get(path)!;
      const own = edits.filter((edit) => edit.file === path);
      const mutated = applyEdits(text, own);
      if (mutated === text) throw new MutationError(`${path} does not change`);
      checkSyntax(path, mutated);
      diffs.push(unifiedDiff(path, text, own));
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

/** All mutants of a port, sorted by id. Throws if two have one id, or two operators one text. */
export function mutantsOfPort(port: Port, makers: Makers): Mutant[] {
  const ofOperators = makers.operators.flatMap((operator) => mutantsOfOperator(port, operator));
  const byText = new Map<string, Mutant>();
  for (const mutant of ofOperators) {
    const text = textOf(port, mutant);
    const twin = byText.get(text);
    if (twin !== undefined) throw new MutationError(`${mutant.id} is ${twin.id} again`);
    byText.set(text, mutant);
  }
  const others = [
    ...makers.regressions.flatMap((regression) => mutantOfRegression(port, regression) ?? []),
    ...makers.controls.flatMap((control) => mutantOfControl(port, control) ?? []),
  ].map((mutant) => ({ ...mutant, sameAs: byText.get(textOf(port, mutant))?.id ?? null }));
  // Ordinals are numbers: the tenth place comes after the second.
  const key = ({ id }: Mutant) => id.replace(/\d+$/, (ordinal) => ordinal.padStart(6, '0'));
  const sorted = [...ofOperators, ...others].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  sorted.forEach((mutant, index) => {
    if (sorted[index + 1]?.id === mutant.id) throw new MutationError(`two mutants ${mutant.id}`);
  });
  return sorted;
}

/** The mutated files, white space apart: equal for mutants that are the same code. */
function textOf(port: Port, mutant: Mutant): string {
  return [...new Set(mutant.edits.map((edit) => edit.file))]
    .map((path) => {
      const own = mutant.edits.filter((edit) => edit.file === path);
      return `${path} ${applyEdits(port.files.get(path)!.text, own).replace(/\s+/g, ' ')}`;
    })
    .join('\n');
}
