// SPDX-License-Identifier: GPL-2.0-only
// `gate`: may this change go in? One exit status from the contract, the baseline and the last run.

import { existsSync, readFileSync } from 'node:fs';
import { NO_CACHE } from '#lab/cache';
import { corpusOf } from '#lab/corpus';
import { Keys } from '#lab/keys';
import { ERAS, SCENARIOS } from '#lab/suites';
import { FAMILIES, PROTOCOL_FAMILIES } from '#mutation/mutant';
import { UserError } from '#user-error';
import {
  type Baseline,
  type Contract,
  type Outcome,
  type Promised,
  parseBaseline,
  parseContract,
  parseOutcome,
} from '../gate/documents.ts';
import { type Expected, type Finding, findingsOf, isReason } from '../gate/findings.ts';
import { baselineOf, contractOf, type Grounds } from '../gate/update.ts';
import { oneLine } from '../report/escapes.ts';
import { jsonText, schemaOf, TOOL } from '../report/schema.ts';
import { countText } from '../report/texts.ts';
import type { Command, ExitStatus, Invocation } from './command.ts';
import { COMMON, isGiven, textOption } from './options.ts';
import { writeFile } from './output.ts';

const RUN = 'reports/verdicts.json';
const CONTRACT = 'gate.json';
const BASELINE = 'baseline.json';

export const gate: Command = {
  name: 'gate',
  summary: 'hold the last run against the contract and the baseline',
  synopsis: '[FILE] [options]',
  description: [
    `Reads the verdicts of a run from FILE, by default ${RUN}, and fails unless every regression ` +
      'of the contract is killed by each invariant that it names, no mutant of the contract is ' +
      'missing, every survivor is in the baseline with a reason, and the baseline has no entry ' +
      'too many. A run without mutants or explorations fails, and so does one that is void.',
    'Mutants whose verdict is unknown are counted apart: nobody knows whether the gate holds. So ' +
      'are runs that were interrupted, had options that leave something out, or are of other ' +
      'sources than those that are there now.',
    'A run without options leaves families of mutants out; what the contract has of them is not ' +
      'judged then, and that is said. A run of --family all is judged whole.',
    '--init writes both files from the run; --update adds what is new, takes out what is gone ' +
      'and keeps all reasons. A survivor that is new gets a gap for its reason, which the gate ' +
      'refuses until somebody fills it in.',
  ],
  options: {
    contract: { type: 'string', value: 'FILE', help: `the contract, ${CONTRACT} by default` },
    baseline: { type: 'string', value: 'FILE', help: `the baseline, ${BASELINE} by default` },
    init: { type: 'boolean', help: 'write a contract and a baseline that are not there yet' },
    update: { type: 'boolean', help: 'bring contract and baseline up to the run' },
    ...COMMON,
  },
  exits: [
    ['0', 'the contract is kept'],
    ['1', 'it is not'],
    ['2', 'the command was used wrongly'],
    ['3', 'a verdict is unknown, or a file cannot be read: the answer is unknown'],
  ],
  examples: ['kvm-mutants run; kvm-mutants gate', 'kvm-mutants gate --update'],
  args: [0, 1],
  run: execute,
};

/** The names of the files that are read and written. */
interface Files {
  readonly run: string;
  readonly contract: string;
  readonly baseline: string;
}

async function execute({ values, args, output }: Invocation): Promise<ExitStatus> {
  const files = {
    run: args[0] ?? RUN,
    contract: textOption(values, 'contract') ?? CONTRACT,
    baseline: textOption(values, 'baseline') ?? BASELINE,
  };
  const keys = new Keys(new URL('./run-worker.ts', import.meta.url));
  const outcome = parseOutcome(files.run, textOf(files.run, 'kvm-mutants run writes it'));
  const expected = expectedOf(keys, outcome);
  if (isGiven(values, 'init') || isGiven(values, 'update')) {
    const text = await update(files, outcome, expected, keys, isGiven(values, 'init'));
    output.result(text);
    return 0;
  }
  const hint = 'kvm-mutants gate --init writes it';
  const contract = parseContract(files.contract, textOf(files.contract, hint));
  const baseline = parseBaseline(files.baseline, textOf(files.baseline, hint));
  const findings = findingsOf(contract, baseline, outcome, expected);
  const status = statusOf(findings);
  if (isGiven(values, 'json')) {
    const counts = countsOf(outcome);
    const schema = schemaOf('gate-result');
    output.result(jsonText({ schema, tool: TOOL, status, counts, findings }));
  } else output.result(resultText(outcome, baseline, findings, status));
  return status;
}

/**
 * What the run must be of: all eras and scenarios; the families of a run without options or all;
 * with Stryker's mutants or without them.
 */
function expectedOf(keys: Keys, { sources }: Outcome): Expected {
  const all = [PROTOCOL_FAMILIES, FAMILIES].flatMap((families) =>
    [false, true].map((withSyntactic) => ({
      isOfAllFamilies: families === FAMILIES,
      sources: keys.run({
        eras: ERAS.map(({ name }) => name),
        scenarios: SCENARIOS,
        invariants: [],
        memoryModel: null,
        budgetStates: null,
        families,
        functions: [],
        withSyntactic,
      }),
    })),
  );
  return all.find((expected) => expected.sources === sources) ?? all[0]!;
}

/** Writes both files and says what is left to do. Throws a UserError if the run is no ground. */
async function update(
  files: Files,
  outcome: Outcome,
  { sources, isOfAllFamilies }: Expected,
  keys: Keys,
  isFirst: boolean,
): Promise<string> {
  const [first] = outcome.problems;
  if (first !== undefined) throw new UserError(`${files.run} is void: ${first}`, 3);
  if (outcome.isInterrupted || outcome.sources !== sources) {
    throw new UserError(`${files.run} is not a whole run of these sources: run it again`, 3);
  }
  const written = [files.contract, files.baseline];
  const there = written.find((path) => existsSync(path));
  if (isFirst && there !== undefined) {
    throw new UserError(`${there} is there already; kvm-mutants gate --update changes it`);
  }
  const [contract, baseline] = isFirst ? [null, null] : earlier(files);
  const grounds = { ...(await groundsOf(keys)), isOfAllFamilies };
  const promised = contractOf(contract, grounds, outcome);
  const left = isOfAllFamilies ? [] : promised.more;
  const survivors = baselineOf(baseline, outcome, left);
  writeFile(files.contract, jsonText(promised));
  writeFile(files.baseline, jsonText(survivors));
  const gaps = survivors.survivors.filter(({ reason }) => !isReason(reason)).length;
  const rest =
    gaps === 0 ? 'every survivor has a reason' : `${countText(gaps, 'reason')} to fill in`;
  return `${files.contract}, ${files.baseline}: written; ${rest}\n`;
}

function earlier({ contract, baseline }: Files): [Contract | null, Baseline | null] {
  return [
    existsSync(contract) ? parseContract(contract, textOf(contract, '')) : null,
    existsSync(baseline) ? parseBaseline(baseline, textOf(baseline, '')) : null,
  ];
}

/** All regressions in their eras, and which mutants a run without options has. */
async function groundsOf(keys: Keys): Promise<Omit<Grounds, 'isOfAllFamilies'>> {
  const eras = ERAS.map(({ name }) => name);
  const { mutants, regressions } = await corpusOf(eras, [], keys, NO_CACHE);
  const promised = mutants
    .filter(({ kind }) => kind === 'regression')
    .map(({ id, name }): Promised => {
      const { breaks } = regressions.find((regression) => regression.name === name)!;
      return { id, breaks };
    });
  const more = new Set(
    mutants
      .filter(({ family }) => family !== null && !PROTOCOL_FAMILIES.includes(family))
      .map(({ id }) => id),
  );
  return { promised, isDefault: (id) => !more.has(id) };
}

function textOf(path: string, hint: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? `it is not there; ${hint}` : message;
    throw new UserError(`${path} cannot be read: ${why}`, 3);
  }
}

function statusOf(findings: readonly Finding[]): ExitStatus {
  if (findings.some(({ weight }) => weight === 'failed')) return 1;
  return findings.some(({ weight }) => weight === 'unknown') ? 3 : 0;
}

function countsOf({ verdicts }: Outcome) {
  const count = (is: (verdict: Outcome['verdicts'][number]) => boolean) =>
    verdicts.filter(is).length;
  return {
    mutants: verdicts.length,
    regressions: count(({ kind }) => kind === 'regression'),
    survived: count(({ kind, verdict }) => kind === 'operator' && verdict === 'survived'),
    unknown: count(({ kind, verdict }) => kind !== 'control' && verdict === 'unknown'),
  };
}

function resultText(
  outcome: Outcome,
  baseline: Baseline,
  findings: readonly Finding[],
  status: ExitStatus,
): string {
  const { mutants, regressions, survived, unknown } = countsOf(outcome);
  const of = (weight: Finding['weight'], head: string) => {
    const own = findings.filter((finding) => finding.weight === weight);
    return own.length === 0 ? [] : [head, ...own.map(({ text }) => `  ${oneLine(text)}`), ''];
  };
  const words = {
    0: 'the gate holds',
    1: 'THE GATE FAILS',
    3: 'NOBODY KNOWS whether the gate holds',
  };
  return [
    ...of('failed', 'failed:'),
    ...of('unknown', 'unknown:'),
    ...of('note', 'remarks:'),
    `${countText(mutants, 'mutant')}, ${countText(regressions, 'regression')}, ` +
      `${survived} survived, ${unknown} unknown, ` +
      `${countText(baseline.survivors.length, 'entry', 'entries')} in the baseline`,
    words[status as 0 | 1 | 3],
    '',
  ].join('\n');
}
