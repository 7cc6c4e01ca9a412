// SPDX-License-Identifier: GPL-2.0-only
// Which mutants would the compiler refuse? They are no mutants: whoever writes such a line is told
// before any test runs, and a "kill" by a TypeError would flatter the score.
//
// One check answers for nearly all. Each file of the port gets a copy of the statement behind its
// end for every mutant of that statement, under another name, and what is wrong in a copy is wrong
// with its mutant: a statement that says its types is checked by itself. A constant whose type
// follows from its value may break those who use it instead; such mutants are checked one by one.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { API, type Diagnostic } from '@typescript/native/unstable/sync';
import { Node, ts } from 'ts-morph';
import { applyEdits } from '#mutation/edits';
import { type Mutant, MutationError } from '#mutation/mutant';
import type { Port, PortFile } from '#mutation/port';
import { edited, placeOf, type TopStatement } from './place.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Stands for no mutant: a line that must be refused. */
const CANARY = '';
/** A configuration that lies on no disk. */
const CONFIG = `${ROOT}tsconfig.mutants.json`;

/** What is wrong with each mutant that does not type check, by id. `mutants` have one edit each. */
export function typeErrors(port: Port, mutants: readonly Mutant[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const project = new Project(files, [pathOf(port.entry)]);
  try {
    const before = project.errors();
    if (before.length > 0) throw new MutationError(`${port.era}: ${textOf(before[0]!)}`);
    const errors = inCopies(port, mutants, files, project);
    for (const mutant of mutants) {
      if (errors.has(mutant.id) || !isSeenByOthers(port, mutant)) continue;
      files.set(pathOf(mutant.file), applyEdits(port.files.get(mutant.file)!.text, mutant.edits));
      const [first] = project.errors([pathOf(mutant.file)]);
      if (first !== undefined) errors.set(mutant.id, textOf(first));
      files.delete(pathOf(mutant.file));
      project.touch(pathOf(mutant.file));
    }
    return errors;
  } finally {
    project.close();
  }
}

/** A file with copies, and where the copy of each mutant begins. */
interface Copies {
  text: string;
  readonly begins: { readonly at: number; readonly id: string }[];
}

function inCopies(
  port: Port,
  mutants: readonly Mutant[],
  files: Map<string, string>,
  project: Project,
): Map<string, string> {
  const copies = new Map<string, Copies>();
  mutants.forEach((mutant, i) => {
    const file = port.files.get(mutant.file)!;
    let copy = copies.get(mutant.file);
    if (copy === undefined) {
      copy = { text: `${file.text}\n`, begins: [] };
      copies.set(mutant.file, copy);
    }
    copy.begins.push({ at: copy.text.length, id: mutant.id });
    copy.text += `${copyOf(file, mutant, i)}\n;\n`;
  });
  for (const [path, copy] of copies) {
    copy.begins.push({ at: copy.text.length, id: CANARY });
    copy.text += 'const $canary: number = null;\n';
    files.set(pathOf(path), copy.text);
  }
  const errors = new Map<string, string>();
  const paths = new Map([...copies].map(([path, copy]) => [pathOf(path), copy]));
  const found = project.errors([...paths.keys()]);
  for (const [path, { begins }] of paths) {
    const { at } = begins.at(-1)!;
    // Whoever does not see this does not look at the file.
    if (!found.some((error) => error.fileName === path && error.pos >= at)) {
      throw new MutationError(`${path} is not checked: a wrong line in it is not noticed`);
    }
  }
  for (const error of found.sort((a, b) => a.pos - b.pos)) {
    const begin = paths.get(error.fileName ?? '')?.begins.findLast(({ at }) => at <= error.pos);
    if (begin === undefined) throw new MutationError(`a copy breaks ${textOf(error)}`);
    if (begin.id !== CANARY && !errors.has(begin.id)) errors.set(begin.id, textOf(error));
  }
  for (const path of paths.keys()) {
    files.delete(path);
    project.touch(path);
  }
  return errors;
}

/** The statement that a mutant edits, under a name that nobody else has. */
function copyOf(file: PortFile, mutant: Mutant, number: number): string {
  const place = placeOf(file, mutant.edits[0]!);
  const name = nameOf(place);
  const rename = {
    start: name.getStart(),
    end: name.getEnd(),
    replacement: `${name.getText()}$${number}`,
  };
  return edited(file, place, [rename, ...mutant.edits]);
}

function nameOf({ node, name }: TopStatement): Node {
  if (Node.isFunctionDeclaration(node) || Node.isVariableDeclaration(node)) {
    const found = node.getNameNode();
    if (found !== undefined) return found;
  }
  throw new MutationError(`${name} has no name to change`);
}

/** May the mutant change the type of what it edits, as others see it? */
function isSeenByOthers(port: Port, mutant: Mutant): boolean {
  const { node } = placeOf(port.files.get(mutant.file)!, mutant.edits[0]!);
  if (Node.isFunctionDeclaration(node)) return node.getReturnTypeNode() === undefined;
  if (!Node.isVariableDeclaration(node)) return true;
  if (node.getTypeNode() !== undefined) return false;
  const value = node.getInitializer();
  return !Node.isArrowFunction(value) || value.getReturnTypeNode() === undefined;
}

function pathOf(path: string): string {
  return `${ROOT}reference/${path}`;
}

function textOf({ code, text }: Diagnostic): string {
  return `TS${code}: ${text}`;
}

/** The native compiler at work on files some of which are only in memory. */
class Project {
  readonly #api: API;
  #touched: string[] = [];

  constructor(files: ReadonlyMap<string, string>, roots: readonly string[]) {
    const config = JSON.stringify({ compilerOptions: compilerOptions(), files: roots });
    const readFile = (path: string) => (path === CONFIG ? config : files.get(path));
    this.#api = new API({ cwd: ROOT, fs: { readFile } });
  }

  /** Notes that a file is another one now. */
  touch(path: string): void {
    this.#touched.push(path);
  }

  /** Errors of all files, after those that are named have changed. */
  errors(changed: readonly string[] = []): Diagnostic[] {
    const fileChanges = { changed: [...new Set([...this.#touched, ...changed])] };
    this.#touched = [];
    const snapshot = this.#api.updateSnapshot({ openProject: CONFIG, fileChanges });
    try {
      return snapshot
        .getProjects()
        .flatMap(({ program }) => [
          ...program.getConfigFileParsingDiagnostics(),
          ...program.getSyntacticDiagnostics(),
          ...program.getSemanticDiagnostics(),
        ])
        .filter(({ category }) => category === ERROR);
    } finally {
      snapshot.dispose();
    }
  }

  close(): void {
    this.#api.close();
  }
}

const ERROR: number = ts.DiagnosticCategory.Error;

/** Those of the repository, but for what is a matter of taste and not of types. */
function compilerOptions(): object {
  const path = `${ROOT}tsconfig.json`;
  const { config } = ts.parseConfigFileTextToJson(path, readFileSync(path, 'utf8')) as {
    readonly config: { readonly compilerOptions: object };
  };
  return {
    ...config.compilerOptions,
    allowUnreachableCode: true,
    noUnusedLocals: false,
    noUnusedParameters: false,
  };
}
