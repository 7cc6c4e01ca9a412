// SPDX-License-Identifier: GPL-2.0-only
// How do Stryker's mutants become mutants of ours? Each is one edit of the text of a port, with an
// id that names era, function, rule and number. The edit has parentheses where the text would be
// read otherwise than Stryker's syntax tree.
//
// Only the statement around an edit is parsed anew: statements at the top level of a file are read
// independently of each other.

import { ts } from 'ts-morph';
import { unifiedDiff } from '#mutation/diff';
import { type Edit, type Mutant, MutationError } from '#mutation/mutant';
import { checkSyntax, type Port, type PortFile, parse } from '#mutation/port';
import { canonical } from './canonical.ts';
import { type SyntacticChange, syntacticChanges } from './instrument.ts';
import { edited, placeAround, placeOf, type TopStatement } from './place.ts';

/** Names of Stryker's rules begin with this in ids. */
export const PREFIX = 'stryker-';

/** Stryker's mutants of all files of a port that are mutated, in the order of the text. */
export async function syntacticMutants(port: Port): Promise<Mutant[]> {
  const mutants: Mutant[] = [];
  const ordinals = new Map<string, number>();
  for (const file of port.files.values()) {
    if (!file.isMutated) continue;
    const changes = await syntacticChanges(file.path, file.text);
    // The same rule may make several mutants of one place: they stay in Stryker's order.
    for (const change of changes.sort((a, b) => a.start - b.start || a.end - b.end)) {
      const place = placeOf(file, change);
      const name = `${PREFIX}${change.mutator}`;
      const stem = `${port.era}/${place.name}/${name}`;
      const ordinal = (ordinals.get(stem) ?? 0) + 1;
      ordinals.set(stem, ordinal);
      const edit = editOf(file, place, change);
      mutants.push({
        id: `${stem}.${ordinal}`,
        era: port.era,
        kind: 'syntactic',
        name,
        family: null,
        function: place.name,
        file: file.path,
        edits: [edit],
        description: `${oneLine(edit.original)} -> ${oneLine(edit.replacement)}`,
        diff: unifiedDiff(file.path, file.text, [edit]),
        sameAs: null,
      });
    }
  }
  return mutants;
}

/** Those of Stryker's mutants that are neither a mutant of ours nor each other again. */
export function withoutTwins(
  port: Port,
  syntactic: readonly Mutant[],
  ours: readonly Mutant[],
): Mutant[] {
  const known = new Set(
    ours.filter(({ kind }) => kind === 'operator').map((mutant) => codeOf(port, mutant)),
  );
  return syntactic.filter((mutant) => {
    const code = codeOf(port, mutant);
    if (known.has(code)) return false;
    known.add(code);
    return true;
  });
}

/**
 * The code of the one statement that a mutant edits; the mutant's own id if there are several, or
 * if it imports something, which no rule of Stryker's does.
 */
function codeOf(port: Port, mutant: Mutant): string {
  const file = port.files.get(mutant.file)!;
  const [first] = mutant.edits as [Edit, ...Edit[]];
  const place = placeAround(file, first);
  if (place === null) return mutant.id;
  const isInside = (edit: Edit) =>
    edit.file === file.path && place.start <= edit.start && edit.end <= place.end;
  if (!mutant.edits.every(isInside)) return mutant.id;
  return `${file.path} ${place.start} ${canonical(edited(file, place, mutant.edits))}`;
}

/** The edit of a change. Throws if the text does not become what Stryker means. */
function editOf(file: PortFile, place: TopStatement, change: SyntacticChange): Edit {
  const { start, end } = change;
  const original = file.text.slice(start, end);
  for (const replacement of [change.replacement, `(${change.replacement})`]) {
    const mutated = edited(file, place, [{ start, end, replacement }]);
    const at = start - place.start;
    if (isOneNode(mutated, at, at + replacement.length)) {
      checkSyntax(file.path, mutated);
      return { file: file.path, start, end, original, replacement };
    }
  }
  throw new MutationError(`${file.path}: '${change.replacement}' cannot stand for '${original}'`);
}

/** Is there a node of the syntax tree from `start` to `end`? Then all around it is as before. */
function isOneNode(text: string, start: number, end: number): boolean {
  const source = parse('port.ts', text);
  let found = false;
  const visit = (node: ts.Node): void => {
    if (node.pos > start || node.end < end) return;
    if (node.getStart(source) === start && node.end === end) found = true;
    else ts.forEachChild(node, visit);
  };
  ts.forEachChild(source, visit);
  return found;
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= 60 ? line : `${line.slice(0, 59)}…`;
}
