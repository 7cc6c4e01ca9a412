// SPDX-License-Identifier: GPL-2.0-only
// What do tools read that know mutation reports? A document of mutation-testing-report-schema.
// Its statuses are fewer than our verdicts, so the verdict's word begins each statusReason, and
// what would flatter the score that a viewer computes is not used: `Timeout` counts as detected.

import type {
  FileResult,
  MutantResult,
  MutationTestResult,
} from 'mutation-testing-report-schema/api';
import type { MutantRun } from '#lab/run';
import { isDetected, NOT_REACHED, type VerdictWord } from '#lab/verdict';
import {
  evidenceOf,
  type Format,
  originOf,
  placesOf,
  type Reported,
  sourceOf,
  voidReason,
} from '../run-report.ts';
import { jsonText, TOOL } from '../schema.ts';

export const format: Format = {
  name: 'json',
  file: 'mutation.json',
  summary: 'mutation-testing-report-schema, for viewers and dashboards',
  text: (report) => jsonText(mutationDocument(report)),
};

/** The document. Paths are relative to the repository. */
export function mutationDocument(report: Reported): MutationTestResult {
  const { result, sources } = report;
  const { prefix, language } = originOf(report);
  const paths = [...sources.keys()].sort();
  // A mutant whose file is missing would be missing too, and nobody would notice.
  for (const { mutant } of result.mutants) sourceOf(sources, mutant.edits[0]!.file);
  return {
    schemaVersion: '2',
    thresholds: { high: 95, low: 90 },
    framework: { name: TOOL.name, version: TOOL.version },
    files: Object.fromEntries(
      paths.map((path): [string, FileResult] => [
        `${prefix}${path}`,
        {
          language,
          source: sourceOf(sources, path),
          mutants: result.mutants
            .filter(({ mutant }) => mutant.edits[0]!.file === path)
            .sort((a, b) => (a.mutant.id < b.mutant.id ? -1 : 1))
            .map((run) => mutantEntry(run, report)),
        },
      ]),
    ),
    testFiles: testFiles(report),
  };
}

function mutantEntry(run: MutantRun, report: Reported): MutantResult {
  const { mutant, verdict, units } = run;
  const [edit] = mutant.edits as [MutantRun['mutant']['edits'][number]];
  const source = sourceOf(report.sources, edit.file);
  const covering = ran(units);
  const killing = isDetected(verdict.verdict) ? killers(run) : new Set<string>();
  const ids = report.scenarios.map(({ id }) => id);
  return {
    id: mutant.id,
    mutatorName: mutatorName(run),
    location: { start: position(source, edit.start), end: position(source, edit.end) },
    replacement: edit.replacement,
    description: description(run, report),
    status: statusOf(run, report),
    statusReason: statusReason(run, report),
    coveredBy: ids.filter((id) => covering.has(id)),
    killedBy: ids.filter((id) => killing.has(id)),
    testsCompleted: covering.size,
  };
}

/** An operator's name, or the layer and the name of what is no operator. */
function mutatorName({ mutant: { kind, name } }: MutantRun): string {
  if (kind === 'operator') return name;
  return kind === 'regression' ? `history/${name}` : `controls/${name}`;
}

function ran(units: MutantRun['units']): Set<string> {
  return new Set(
    units.filter(({ skipped }) => skipped === undefined).map(({ scenario }) => scenario),
  );
}

/** A crash does not count for a regression. */
function killers({ mutant, verdict }: MutantRun): Set<string> {
  const counting = verdict.kills.filter(
    ({ kind }) => kind !== 'crash' || mutant.kind !== 'regression',
  );
  return new Set(counting.map(({ scenario }) => scenario));
}

/**
 * `Ignored` leaves the score: controls, code that is counted under another id, and all mutants of a
 * void run, which has no score. What is unknown survived as far as anybody knows.
 */
function statusOf(run: MutantRun, { result }: Reported): MutantResult['status'] {
  const { mutant, verdict } = run;
  if (voidReason(result) !== null || mutant.kind === 'control' || mutant.sameAs !== null) {
    return 'Ignored';
  }
  return verdict.reason === NOT_REACHED ? 'NoCoverage' : STATUSES[verdict.verdict];
}

const STATUSES: Readonly<Record<VerdictWord, MutantResult['status']>> = {
  killed: 'Killed',
  deadlock: 'Killed',
  'lost-optimisation': 'Killed',
  survived: 'Survived',
  equivalent: 'Ignored',
  unknown: 'Survived',
};

function statusReason(run: MutantRun, { result }: Reported): string {
  const { sameAs } = run.mutant;
  const why = voidReason(result);
  const notes = [
    ...(why === null ? [] : [`void: ${why}`]),
    ...(sameAs === null ? [] : [`the same code as ${sameAs}, under which it is counted`]),
  ];
  return [...notes, evidenceOf(run)].join('\n');
}

/** One line, the upstream commit of a regression, and the whole diff of several places. */
function description(run: MutantRun, report: Reported): string {
  const { regressions, result } = report;
  const { mutant } = run;
  const lines = [mutant.description];
  for (const text of [commitText(mutant, regressions), twinText(mutant, result)]) {
    if (text !== null) lines.push(text);
  }
  if (mutant.edits.length > 1) {
    const places = placesOf(run, report);
    lines.push(`It edits ${places.length} places: ${places.join(', ')}`, '', mutant.diff.trimEnd());
  }
  return lines.join('\n');
}

function commitText(
  { kind, name }: MutantRun['mutant'],
  regressions: Reported['regressions'],
): string | null {
  const found = regressions.find((known) => kind === 'regression' && known.name === name);
  if (found === undefined) return null;
  const commit = found.commit === null ? '' : `${found.commit} `;
  return `Fixed upstream by ${commit}("${found.subject}").`;
}

function twinText({ id }: MutantRun['mutant'], { mutants }: Reported['result']): string | null {
  const twins = mutants.filter(({ mutant }) => mutant.sameAs === id);
  if (twins.length === 0) return null;
  return `The same code as ${twins.map(({ mutant }) => mutant.id).join(', ')}.`;
}

/** Line and column of an offset, both from 1. */
function position(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset);
  return {
    line: before.split('\n').length,
    column: offset - before.lastIndexOf('\n'),
  };
}

/** Scenarios, each under the file in which it stands. */
function testFiles({ scenarios }: Reported): NonNullable<MutationTestResult['testFiles']> {
  const files: Record<string, { tests: { id: string; name: string }[] }> = {};
  for (const { id } of [...scenarios].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const path = `suites/${id.replace(/\..*$/, '')}.ts`;
    files[path] ??= { tests: [] };
    files[path].tests.push({ id, name: id });
  }
  return files;
}
