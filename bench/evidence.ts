// SPDX-License-Identifier: GPL-2.0-only
// What may a review say of a function without running anything? What a run found out about its
// mutants, summed up in src/review/evidence.json: this writes it from the verdicts of runs.

import { readFileSync, writeFileSync } from 'node:fs';
import { jsonText } from '../src/report/schema.ts';
import { evidenceOf, type Verdicts } from '../src/review/evidence.ts';
import { UserError } from '../src/user-error.ts';

const FILE = new URL('../src/review/evidence.json', import.meta.url);

/** Sums up files as `run` writes them (reports/verdicts.json), one or several eras each. */
export function evidence(files: readonly string[], print: (text: string) => void): void {
  const runs = files.map(verdictsOf);
  const sources = runs.map((run) => run.sources).join(' ');
  const document = evidenceOf({ sources, verdicts: runs.flatMap((run) => run.verdicts) });
  if (Object.keys(document.eras).length === 0)
    throw new UserError(`no mutant of an operator was judged in ${files.join(', ')}`);
  writeFileSync(FILE, jsonText(document));
  for (const [era, functions] of Object.entries(document.eras)) {
    const all = Object.values(functions);
    const sum = (of: (one: (typeof all)[number]) => number) =>
      all.reduce((total, one) => total + of(one), 0);
    const counts = `${sum((one) => one.detected)} of ${sum((one) => one.mutants)}`;
    print(`${era}: ${all.length} functions, ${counts} mutants detected`);
  }
}

function verdictsOf(file: string): Verdicts {
  try {
    const run = JSON.parse(readFileSync(file, 'utf8')) as Verdicts;
    if (Array.isArray(run.verdicts)) return run;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new UserError(`${file} is not there`);
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UserError(`${file} is no verdicts.json of a run`);
}
