// SPDX-License-Identifier: GPL-2.0-only
// `run`: the main job. Are the suites good enough to notice every mutant of the ports?

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { unmetExpectations } from '#lab/expectations';
import { eraNames } from '#lab/ports';
import { loadMakers } from '#lab/registry';
import { type RunChoice, type RunResult, runLab } from '#lab/run';
import { INVARIANTS, SCENARIOS } from '#lab/suites';
import { matrixDetails, matrixText } from '../report/matrix.ts';
import { notCheckedText } from '../report/not-checked.ts';
import { summaryText } from '../report/run-summary.ts';
import { jsonText } from '../report/schema.ts';
import { verdictsDocument } from '../report/verdicts-document.ts';
import type { Command, ExitStatus, Invocation, Values } from './command.ts';
import {
  BUDGET_STATES,
  COMMON,
  ERA,
  erasOption,
  invariantsOption,
  isGiven,
  MEMORY_MODEL,
  memoryModelOption,
  numberOption,
  scenariosOption,
} from './options.ts';
import { writeFile } from './output.ts';

const REPORTS = 'reports';
const WORKERS = 2;
const WORKERS_MAX = 64;

export const run: Command = {
  name: 'run',
  summary: 'run the suites on every mutant and say which are killed',
  synopsis: '[options]',
  description: [
    'Explores every scenario on the ports as they stand, then on every mutant of them, under ' +
      'every mask and memory model that the scenario names. A mutant is killed if it breaks an ' +
      'invariant that the port does not break in the same scenario. A scenario in which the port ' +
      'never enters the code that a mutant edits is not run, since both do the same there. A ' +
      'mutant that is dead after cheap scenarios is spared the dear ones, unless --complete asks ' +
      'for the whole matrix; who survives has run all that reach it, but controls, which are ' +
      'spared the dearest.',
    'A run is void, and has no score, if a port breaks an invariant that its era is not known to ' +
      'break, if something that is known to break was not seen to, if one of three canaries ' +
      'lives, or if a harmless control does not.',
    `Writes ${REPORTS}/verdicts.json, ${REPORTS}/matrix.txt, and for each mutant that was killed ` +
      `${REPORTS}/tables/<id, with _ for />.txt: the shortest interleaving that shows it. Equal ` +
      'input gives the same bytes, with any number of workers.',
  ],
  options: {
    era: { ...ERA, help: `${ERA.help} (the default)` },
    scenario: {
      type: 'string',
      value: 'IDS',
      help: 'only these scenarios, separated by commas',
    },
    invariant: {
      type: 'string',
      value: 'NAMES',
      help: 'judge only by these invariants, separated by commas',
    },
    'memory-model': { ...MEMORY_MODEL, help: `only ${MEMORY_MODEL.help}` },
    'budget-states': BUDGET_STATES,
    complete: { type: 'boolean', help: 'run every mutant in every scenario, dead or not reached' },
    workers: { type: 'string', value: 'N', help: `worker threads, ${WORKERS} by default` },
    ...COMMON,
  },
  exits: [
    ['0', 'the run is sound and every regression is killed by its invariants'],
    ['1', 'a regression is not killed by an invariant, or the run is void'],
    ['2', 'the command was used wrongly'],
    ['3', 'a budget ran out, or something could not be run: the answer is unknown'],
    ['130', 'interrupted; what was done is written'],
  ],
  examples: [
    'kvm-mutants run',
    'kvm-mutants run --era v3.17 --workers 4',
    'kvm-mutants run --scenario mmio-cache/a-created-slot-is-seen.1v1u2f --json',
  ],
  args: [0, 0],
  run: execute,
};

async function execute({ values, output, signal }: Invocation): Promise<ExitStatus> {
  const choice = choiceOf(values);
  const workers = numberOption(values, 'workers', 1, WORKERS_MAX) ?? WORKERS;
  const result = await runLab(choice, {
    entry: new URL('./run-worker.ts', import.meta.url),
    workers,
    signal,
    onProgress: (done, of) => output.progress(`${done} of ${of} mutants`),
  });
  output.progress('');
  const { regressions } = await loadMakers();
  const failures = result.problems.length > 0 ? [] : unmetExpectations(result.mutants, regressions);
  const document = jsonText(verdictsDocument(result, choice));
  const matrix = matrixText(result.mutants, INVARIANTS);
  // An interruption before the first verdict leaves older reports alone.
  if (result.baselines.length > 0) writeReports(result, document, matrix);
  if (isGiven(values, 'json')) output.result(document);
  else output.result(resultText(choice, result, matrix, failures));
  return statusOf(result, failures);
}

function choiceOf(values: Values): RunChoice {
  const scenarios = scenariosOption(values);
  const memoryModel = memoryModelOption(values);
  const invariants = invariantsOption(values);
  return {
    eras: erasOption(values, 'all'),
    scenarios: scenarios ?? SCENARIOS,
    invariants,
    memoryModel,
    budgetStates: numberOption(values, 'budget-states', 1, 100_000_000),
    isWhole: scenarios === null && memoryModel === null && invariants.length === 0,
    isComplete: isGiven(values, 'complete'),
  };
}

/** Old tables are taken away first: a mutant that lives now has none. */
function writeReports(result: RunResult, document: string, matrix: string): void {
  rmSync(join(REPORTS, 'tables'), { recursive: true, force: true });
  for (const { mutant, story } of result.mutants) {
    if (story === null) continue;
    writeFile(join(REPORTS, 'tables', `${mutant.id.replaceAll('/', '_')}.txt`), story.text);
  }
  writeFile(join(REPORTS, 'matrix.txt'), `${matrix}${matrixDetails(result.mutants)}`);
  writeFile(join(REPORTS, 'verdicts.json'), document);
}

function resultText(
  choice: RunChoice,
  result: RunResult,
  matrix: string,
  failures: readonly string[],
): string {
  const left: string[] = [];
  if (!choice.isWhole) left.push('what the options left out');
  if (!choice.isComplete) left.push('dear scenarios of mutants that cheap ones had killed');
  if (!choice.isComplete) left.push('the dearest scenarios of controls');
  const others = eraNames().filter((era) => !choice.eras.includes(era));
  if (others.length > 0)
    left.push(`the ${others.length === 1 ? 'era' : 'eras'} ${others.join(', ')}`);
  return [
    ...(result.mutants.length === 0 ? [] : [matrix]),
    summaryText(result, failures),
    `reports: ${REPORTS}/verdicts.json, ${REPORTS}/matrix.txt, ${REPORTS}/tables/`,
    'Survivors do not fail a run yet: there is no file of known ones to compare with.',
    notCheckedText(left),
  ].join('\n');
}

function statusOf(result: RunResult, failures: readonly string[]): ExitStatus {
  if (result.isInterrupted) return 130;
  if (result.problems.some(({ isUnknown }) => !isUnknown) || failures.length > 0) return 1;
  if (result.problems.length > 0) return 3;
  return result.mutants.some(({ verdict }) => verdict.verdict === 'unknown') ? 3 : 0;
}
