// SPDX-License-Identifier: GPL-2.0-only
// `run`: the main job. Are the suites good enough to notice every mutant of the ports?

import { killedElsewhere, tooFewElsewhere } from '#lab/elsewhere';
import { unmetExpectations } from '#lab/expectations';
import { type RunChoice, type RunResult, runLab } from '#lab/run';
import { ERAS, INVARIANTS, SCENARIOS } from '#lab/suites';
import { FAMILIES } from '#mutation/mutant';
import { loadFormats } from '../report/formats.ts';
import { killAnalysis } from '../report/kill-analysis.ts';
import { matrixDetails, matrixText } from '../report/matrix.ts';
import { notCheckedText } from '../report/not-checked.ts';
import type { Format, RunReport } from '../report/run-report.ts';
import { summaryText } from '../report/run-summary.ts';
import { jsonText } from '../report/schema.ts';
import { families, GROUP_HEAD, groupRow, layers } from '../report/tables.ts';
import { columns, wrapText } from '../report/texts.ts';
import { verdictsDocument } from '../report/verdicts-document.ts';
import { CACHE, cacheOption } from './cache-option.ts';
import type { Command, ExitStatus, Invocation, Option, Values } from './command.ts';
import { erasWith, FUNCTIONS, functionsOption } from './functions-option.ts';
import {
  BUDGET_STATES,
  COMMON,
  ERA,
  erasOption,
  FAMILY,
  familiesOption,
  invariantsOption,
  isGiven,
  MEMORY_MODEL,
  memoryModelOption,
  numberOption,
  SCENARIO_HELP,
  scenariosOption,
} from './options.ts';
import { PAIRED, PAIRS, pairsOption } from './pairs-option.ts';
import { formatsOption, portSources, REPORTS, writeReports } from './run-reports.ts';
import { shardPath, writeShard } from './shard-file.ts';
import { SHARD, shardOption } from './shard-option.ts';

const formats = await loadFormats();
const NAMES = formats.map(({ name }) => name).join(', ');
const WORKERS = 2;
const WORKERS_MAX = 64;

export const RUN_EXITS: Command['exits'] = [
  ['0', 'the run is sound and every regression is killed by its invariants'],
  [
    '1',
    'a regression is not killed by an invariant, fewer than half are killed by scenarios that ' +
      'were not written for them, or the run is void',
  ],
  ['2', 'the command was used wrongly'],
  ['3', 'a budget ran out, or something could not be run: the answer is unknown'],
  ['130', 'interrupted; what was done is written'],
];

/** Which formats to write. */
export const REPORT: Option = {
  type: 'string',
  value: 'FORMATS',
  help: `only these formats, separated by commas: ${NAMES}; all by default`,
};

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
      'for the whole matrix; a regression is run on in cheap scenarios that were not written for ' +
      'it, until one of them kills it too.',
    'Who lives in all scenarios is compared with the port: by what accesses did, what calls ' +
      'returned and what a quiet VM answers. If that is the same under every schedule of small ' +
      'and of larger scenarios, the mutant is equivalent within the bounds that are printed, and ' +
      'is not counted; else the shortest schedule that tells the two apart is a witness that a ' +
      'scenario is missing.',
    `--pairs then runs two mutants at once, each two of ${PAIRED} that died alone and edit ` +
      'different places. If they live together, each hides the other, which no score of single ' +
      'mutants tells. Those families are about the order and the numbers of one protocol, where ' +
      'two errors can make up for each other, and they are small. Pairs are in no score, no gate ' +
      'and no format: the terminal and verdicts.json have them.',
    'A run is void, and has no score, if a port breaks an invariant that its era is not known to ' +
      'break, if something that is known to break was not seen to, if one of three canaries ' +
      'lives, or if a harmless control does not.',
    `Writes ${REPORTS}/verdicts.json, ${REPORTS}/matrix.txt, and for each mutant that was killed ` +
      `${REPORTS}/tables/<id, with _ for />.txt: the shortest interleaving that shows it, or ` +
      'that tells a survivor from the port, beside the scenario as a .ts file of suites/; and ' +
      'what --report asks for. Files of an earlier run that are not written again are removed. ' +
      'Equal input gives the same bytes, with any number of workers.',
    `Formats: ${formats.map(formatText).join('; ')}.`,
  ],
  options: {
    era: { ...ERA, help: `${ERA.help} (the default)` },
    scenario: { type: 'string', value: 'IDS', help: SCENARIO_HELP },
    invariant: {
      type: 'string',
      value: 'NAMES',
      help: 'judge only by these invariants, separated by commas',
    },
    'memory-model': { ...MEMORY_MODEL, help: `only ${MEMORY_MODEL.help}` },
    'budget-states': BUDGET_STATES,
    complete: { type: 'boolean', help: 'run every mutant in every scenario, dead or not reached' },
    family: FAMILY,
    functions: FUNCTIONS,
    syntactic: { type: 'boolean', help: "also run the mutants that Stryker's rules make" },
    pairs: PAIRS,
    report: REPORT,
    workers: { type: 'string', value: 'N', help: `worker threads, ${WORKERS} by default` },
    shard: SHARD,
    ...CACHE,
    ...COMMON,
  },
  exits: RUN_EXITS,
  examples: [
    'kvm-mutants run',
    'kvm-mutants run --era v3.17 --workers 4',
    'kvm-mutants run --family all',
    'kvm-mutants run --era v6.12 --family all --functions install_new_memslots',
    'kvm-mutants run --pairs',
    'kvm-mutants run --report ktap,junit',
    'kvm-mutants run --scenario mmio-cache/a-created-slot-is-seen.1v1u2f --json',
  ],
  args: [0, 0],
  run: execute,
};

function formatText({ name, file, summary }: Format): string {
  return `${name}, ${REPORTS}/${file}: ${summary}`;
}

async function execute(invocation: Invocation): Promise<ExitStatus> {
  const { values, output, signal } = invocation;
  const choice = choiceOf(values);
  formatsOption(values, formats);
  const workers = numberOption(values, 'workers', 1, WORKERS_MAX) ?? WORKERS;
  const cache = cacheOption(values, output);
  try {
    const result = await runLab(choice, {
      entry: new URL('./run-worker.ts', import.meta.url),
      workers,
      signal,
      cache,
      onProgress: (done, of, what) => output.progress(`${done} of ${of} ${what}`),
    });
    output.progress('');
    const status = publish(invocation, choice, result);
    if (result.isInterrupted && cache.isKept())
      output.note('what was finished is kept: the same command goes on there\n');
    return status;
  } finally {
    cache.close();
  }
}

/** Prints and writes what a run has found, or what its shards have found together. */
export function publish(
  { values, output }: Pick<Invocation, 'values' | 'output'>,
  choice: RunChoice,
  result: RunResult,
): ExitStatus {
  const chosen = formatsOption(values, formats);
  const report = reportOf(choice, result);
  const failures = result.problems.length > 0 ? [] : failuresOf(choice, report);
  const document = jsonText(verdictsDocument(result, choice));
  const matrix = matrixText(result.mutants, INVARIANTS);
  if (isGiven(values, 'json')) output.result(document);
  else output.result(resultText(choice, report, matrix, failures, filesOf(choice, chosen)));
  // An interruption before the first verdict leaves older reports alone.
  if (result.baselines.length > 0) {
    if (choice.shard !== null) writeShard(REPORTS, choice, result);
    else {
      writeReports(report, chosen, formats, {
        'matrix.txt': `${matrix}${matrixDetails(result.mutants)}`,
        'verdicts.json': document,
      });
    }
  }
  return statusOf(result, failures);
}

/** What a sound run must show. One era, or one part, has too few regressions for a share. */
function failuresOf(
  { eras, isWhole, shard }: RunChoice,
  { result: { mutants }, regressions }: RunReport,
): string[] {
  const unmet = unmetExpectations(mutants, regressions);
  if (!isWhole || shard !== null || eras.length < ERAS.length) return unmet;
  return [...unmet, ...tooFewElsewhere(killedElsewhere(mutants, regressions))];
}

function reportOf(choice: RunChoice, result: RunResult): RunReport {
  const { scenarios, eras } = choice;
  const { regressions } = result;
  return { result, scenarios, regressions, sources: portSources(eras), leftOut: leftOut(choice) };
}

/** What is written, as the user finds it. A part of the mutants has a file of its own only. */
function filesOf(choice: RunChoice, chosen: readonly Format[]): string[] {
  if (choice.shard !== null) return [shardPath(REPORTS, choice)];
  const files = ['verdicts.json', 'matrix.txt', 'tables/', ...chosen.map(({ file }) => file)];
  return files.map((file) => `${REPORTS}/${file}`);
}

function choiceOf(values: Values): RunChoice {
  const scenarios = scenariosOption(values);
  const memoryModel = memoryModelOption(values);
  const invariants = invariantsOption(values);
  const eras = erasOption(values, 'all');
  const functions = functionsOption(values, eras);
  const choice = {
    eras: erasWith(functions, eras),
    scenarios: scenarios ?? SCENARIOS,
    invariants,
    memoryModel,
    budgetStates: numberOption(values, 'budget-states', 1, 100_000_000),
    isWhole: scenarios === null && memoryModel === null && invariants.length === 0,
    isComplete: isGiven(values, 'complete'),
    families: familiesOption(values),
    functions,
    withSyntactic: isGiven(values, 'syntactic'),
    shard: shardOption(values, process.env),
  };
  return { ...choice, withPairs: pairsOption(values, choice) };
}

/** What this run in particular did not check. */
function leftOut(choice: RunChoice): string[] {
  const left: string[] = [];
  if (!choice.isWhole) left.push('what the options left out');
  if (choice.shard !== null) left.push('the mutants of other shards');
  if (!choice.isComplete) left.push('dear scenarios of mutants that cheap ones had killed');
  if (!choice.isComplete) left.push('the dearest scenarios of controls');
  const families = FAMILIES.filter((family) => !choice.families.includes(family));
  if (families.length > 0) left.push(`mutants of ${families.join(', ')} (--family all)`);
  if (choice.functions.length > 0) left.push('mutants of functions that were not named');
  if (!choice.withSyntactic) left.push("mutants by Stryker's rules (--syntactic)");
  const others = ERAS.map(({ name }) => name).filter((era) => !choice.eras.includes(era));
  if (others.length > 0)
    left.push(`the ${others.length === 1 ? 'era' : 'eras'} ${others.join(', ')}`);
  return left;
}

/** A matrix of more rows is for the file, not for the terminal. */
const ROWS_MAX = 40;

/** The matrix; if it is long, that of the regressions, and families instead of mutants. */
function overviewText(report: RunReport, matrix: string): string {
  const { mutants } = report.result;
  if (mutants.length <= ROWS_MAX) return matrix;
  const named = mutants.filter(({ mutant }) => mutant.kind === 'regression');
  return [
    ...(named.length === 0 ? [] : [matrixText(named, INVARIANTS)]),
    ...columns([GROUP_HEAD, ...[...layers(report), ...families(report)].map(groupRow)]),
    '',
    `All ${mutants.length} mutants by invariant: ${REPORTS}/matrix.txt`,
    '',
  ].join('\n');
}

/** Beyond the score; of a complete matrix only. */
function analysisOf({ result, scenarios }: RunReport): string[] {
  const verdicts = result.mutants.map(({ verdict }) => verdict);
  return killAnalysis(
    verdicts,
    scenarios.map(({ id }) => id),
  );
}

function resultText(
  choice: RunChoice,
  report: RunReport,
  matrix: string,
  failures: readonly string[],
  files: readonly string[],
): string {
  const { result } = report;
  return [
    ...(result.mutants.length === 0 ? [] : [overviewText(report, matrix)]),
    summaryText(result, failures),
    ...(choice.isComplete ? [...analysisOf(report), ''] : []),
    ...wrapText(`reports: ${files.join(', ')}`, 80),
    'Survivors do not fail a run: kvm-mutants gate compares them with those that are known.',
    notCheckedText(choice.eras, report.leftOut),
  ].join('\n');
}

function statusOf(result: RunResult, failures: readonly string[]): ExitStatus {
  if (result.isInterrupted) return 130;
  if (result.problems.some(({ isUnknown }) => !isUnknown) || failures.length > 0) return 1;
  if (result.problems.length > 0) return 3;
  const runs = [...result.mutants, ...result.pairs];
  return runs.some(({ verdict }) => verdict.verdict === 'unknown') ? 3 : 0;
}
