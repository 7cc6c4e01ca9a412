// SPDX-License-Identifier: GPL-2.0-only
// Which files does `run` leave behind? Verdicts, matrix and tables always, and the formats that
// were asked for. What an earlier run left goes: all files of reports/ are of one run.

import { readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { portTexts } from '#lab/closure';
import type { RunResult } from '#lab/run';
import { UserError } from '#user-error';
import type { EraName } from '#vocabulary';
import type { Format, RunReport } from '../report/run-report.ts';
import type { Values } from './command.ts';
import { removeLeftOver } from './left-over.ts';
import { findNamed } from './names.ts';
import { textOption } from './options.ts';
import { writeFiles } from './output.ts';

export const REPORTS = 'reports';

/** Formats named by --report, separated by commas; all of them if it was not given. */
export function formatsOption(values: Values, formats: readonly Format[]): readonly Format[] {
  const text = textOption(values, 'report');
  if (text === null) return formats;
  const named = new Set(
    text.split(',').map((name) => findNamed('format', name, formats, (format) => format.name)),
  );
  return formats.filter((format) => named.has(format));
}

/** Texts of the files of ports that are mutated, by path relative to reference/. */
export function portSources(eras: readonly EraName[]): Map<string, string> {
  return new Map(eras.flatMap((era) => [...portTexts(era)]));
}

/**
 * Writes all files of a run. `texts`: those that are no format, by path relative to reports/.
 * Throws a UserError if one cannot be written; earlier reports then stay as they are.
 */
export function writeReports(
  report: RunReport,
  chosen: readonly Format[],
  known: readonly Format[],
  texts: Readonly<Record<string, string>>,
): void {
  const files = new Map(Object.entries(texts).map(([file, text]) => [join(REPORTS, file), text]));
  for (const [path, text] of tables(report.result)) files.set(path, text);
  for (const { file, text } of chosen) files.set(join(REPORTS, file), text(report));
  const stale = [...known.map(({ file }) => join(REPORTS, file)), ...earlierTables()].filter(
    (path) => !files.has(path),
  );
  writeFiles(files, () => {
    for (const path of stale) remove(path);
  });
  for (const folder of [REPORTS, join(REPORTS, 'tables')]) removeLeftOver(folder);
}

/**
 * The table of each mutant that was killed, or that lived and can be told from the port; and for
 * the latter the scenario that is missing.
 */
function tables({ mutants, pairs }: RunResult): [path: string, text: string][] {
  return [...mutants, ...pairs].flatMap(({ mutant, story, witness }) => {
    const path = join(REPORTS, 'tables', mutant.id.replaceAll('/', '_'));
    const text = story?.text ?? witness?.text ?? null;
    const scenario = witness?.scenarioFile ?? null;
    const files: [string, string][] = [];
    if (text !== null) files.push([`${path}.txt`, text]);
    if (scenario !== null) files.push([`${path}.ts`, scenario]);
    return files;
  });
}

function earlierTables(): string[] {
  const folder = join(REPORTS, 'tables');
  try {
    return readdirSync(folder)
      .filter((name) => /\.(txt|ts)$/.test(name) && !basename(name).startsWith('.'))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw new UserError(`${path} of an earlier run cannot be removed: ${(error as Error).message}`);
  }
}
