// SPDX-License-Identifier: GPL-2.0-only
// How do several documents of mutation reports become one? Shards of our own run by their ids, and
// what another tool made of the same files, such as Stryker, under a prefix that says whose it is.

import type {
  FileResult,
  MutantResult,
  MutationTestResult,
  TestFile,
} from 'mutation-testing-report-schema/api';
import { UserError } from '#user-error';

export interface Part {
  /** Put before ids of mutants and tests and before names of mutators; empty: they are ours. */
  readonly prefix: string;
  readonly document: MutationTestResult;
}

/**
 * The union. Framework and thresholds are those of the first part, mutants are sorted by id. A
 * mutant of a prefixed part that makes the same code as an earlier one is left out. Throws a
 * UserError if two parts have another text of one file, or say different things of one mutant.
 */
export function mergeDocuments(parts: readonly [Part, ...Part[]]): MutationTestResult {
  const files = new Map<string, FileResult>();
  const testFiles = new Map<string, TestFile>();
  for (const part of parts) {
    for (const [path, file] of Object.entries(part.document.files)) {
      files.set(path, joined(path, files.get(path), { ...file, mutants: named(part, file) }, part));
    }
    for (const [path, file] of Object.entries(part.document.testFiles ?? {})) {
      testFiles.set(path, joinedTests(testFiles.get(path), file, part));
    }
  }
  const { document } = parts[0];
  return {
    ...document,
    files: Object.fromEntries([...files].sort(byKey)),
    testFiles: Object.fromEntries([...testFiles].sort(byKey)),
  };
}

function named({ prefix }: Part, { mutants }: FileResult): MutantResult[] {
  if (prefix === '') return mutants;
  const under = (id: string) => `${prefix}/${id}`;
  return mutants.map((mutant) => ({
    ...withoutTimeout(mutant),
    id: under(mutant.id),
    mutatorName: under(mutant.mutatorName),
    ...(mutant.coveredBy === undefined ? {} : { coveredBy: mutant.coveredBy.map(under) }),
    ...(mutant.killedBy === undefined ? {} : { killedBy: mutant.killedBy.map(under) }),
  }));
}

/** A viewer counts a timeout as detected; but what a clock has stopped is unknown. */
function withoutTimeout(mutant: MutantResult): MutantResult {
  if (mutant.status !== 'Timeout') return mutant;
  const reason = mutant.statusReason === undefined ? '' : `: ${mutant.statusReason}`;
  return { ...mutant, status: 'Survived', statusReason: `unknown: timeout${reason}` };
}

function joined(
  path: string,
  before: FileResult | undefined,
  file: FileResult,
  { prefix }: Part,
): FileResult {
  if (before === undefined) return { ...file, mutants: [...file.mutants].sort(byId) };
  if (before.source !== file.source) {
    throw new UserError(`reports of different texts of ${path} cannot be merged`, 3);
  }
  const mutants = new Map(before.mutants.map((mutant) => [mutant.id, mutant]));
  const codes = new Set(before.mutants.filter(isWhole).map(codeOf));
  for (const mutant of file.mutants) {
    const same = mutants.get(mutant.id);
    if (same !== undefined && JSON.stringify(same) !== JSON.stringify(mutant)) {
      throw new UserError(`reports say different things of ${mutant.id}`, 3);
    }
    if (prefix === '' || !codes.has(codeOf(mutant))) mutants.set(mutant.id, mutant);
  }
  return { ...before, mutants: [...mutants.values()].sort(byId) };
}

/** The code that a mutant makes: a range and what stands there then. */
function codeOf({ location: { start, end }, replacement }: MutantResult): string {
  return JSON.stringify([start.line, start.column, end.line, end.column, replacement]);
}

/** Its location is all that it edits; else its description has a diff. */
function isWhole({ description = '' }: MutantResult): boolean {
  return !/^--- a\//m.test(description);
}

function joinedTests(before: TestFile | undefined, file: TestFile, { prefix }: Part): TestFile {
  const tests = new Map((before?.tests ?? []).map((test) => [test.id, test]));
  for (const test of file.tests) {
    const id = prefix === '' ? test.id : `${prefix}/${test.id}`;
    tests.set(id, { ...test, id });
  }
  return { ...file, ...before, tests: [...tests.values()].sort(byId) };
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return compare(a.id, b.id);
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return compare(a, b);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
