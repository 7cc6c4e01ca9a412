// SPDX-License-Identifier: GPL-2.0-only
// What does a kernel's continuous integration read? KTAP version 1, as kselftest and KUnit print
// it: what the ports as they stand do is the first test, the mutants of each era are another.

import type { BaselineRun, MutantRun } from '#lab/run';
import { type UnitResult, unitText, violationText } from '#lab/unit';
import { ktapDiagnostics, ktapText } from '../escapes.ts';
import { evidenceOf, type Format, headlineOf, outcomeOf, type RunReport } from '../run-report.ts';

export const format: Format = {
  name: 'ktap',
  file: 'mutation.ktap',
  summary: 'KTAP version 1, for the CI of a kernel',
  text: ktapDocument,
};

interface Test {
  readonly name: string;
  readonly isOk: boolean;
  /** A directive and its data, such as `SKIP not run`. */
  readonly directive?: string;
  /** Printed before the result. */
  readonly diagnostics?: string;
  /** Null: the test has no parts. */
  readonly parts: readonly Test[] | null;
}

function ktapDocument(report: RunReport): string {
  const { baselines, problems } = report.result;
  const isVoid = problems.length > 0;
  const baseline: Test = {
    name: 'baseline',
    isOk: !isVoid,
    ...(isVoid ? { diagnostics: problems.map(({ text }) => `void: ${text}`).join('\n') } : {}),
    parts: baselines.flatMap(baselineTests),
  };
  const tests = [baseline, ...baselines.map(({ era }) => eraTest(era, report))];
  return `${group(null, tests).join('\n')}\n`;
}

/** Every mutant of an era is a part. A void run says nothing of them. */
function eraTest(era: string, report: RunReport): Test {
  const { problems, mutants, isInterrupted } = report.result;
  const own = mutants.filter(({ mutant }) => mutant.era === era);
  if (problems.length > 0) {
    return { name: `${era} mutants`, isOk: true, directive: 'SKIP the run is void', parts: null };
  }
  const parts = own.map((run) => mutantTest(run, report));
  const isOk = !isInterrupted && parts.length > 0 && parts.every((part) => part.isOk);
  const directive = isInterrupted ? { directive: 'ERROR interrupted' } : {};
  return { name: `${era} mutants`, isOk, ...directive, parts };
}

function baselineTests({ era, units }: BaselineRun): Test[] {
  return units.map((unit) => ({
    name: `${era} ${unitText(unit)}`,
    isOk: unit.isComplete && unit.violations.every(({ isKnown }) => isKnown),
    ...baselineDirective(unit),
    parts: null,
  }));
}

function baselineDirective({ isComplete, reason, violations }: UnitResult): Partial<Test> {
  if (!isComplete) return { directive: `TIMEOUT ${reason}` };
  const news = violations.filter(({ isKnown }) => !isKnown);
  if (news.length > 0) return { diagnostics: news.map(violationText).join('\n') };
  if (violations.length === 0) return {};
  return { directive: `XFAIL known: ${violations.map(violationText).join(', ')}` };
}

function mutantTest(run: MutantRun, { regressions }: RunReport): Test {
  const { id } = run.mutant;
  const outcome = outcomeOf(run, regressions);
  if (outcome === 'unknown') {
    const directive = `TIMEOUT ${headlineOf(run).replace(/^unknown: /, '')}`;
    return { name: id, isOk: false, directive, parts: null };
  }
  const replay = run.story?.schedule;
  const short = [headlineOf(run), ...(replay == null ? [] : [`replay: ${replay}`])].join('\n');
  const isOk = outcome === 'good';
  const diagnostics = isOk ? short : `${evidenceOf(run)}\n${run.mutant.diff.trimEnd()}`;
  return { name: id, isOk, diagnostics, parts: null };
}

/** A plan and results; the parts of a test stand before it, two columns to the right. */
function group(name: string | null, tests: readonly Test[]): string[] {
  return [
    'KTAP version 1',
    ...(name === null ? [] : [`# Subtest: ${ktapText(name)}`]),
    `1..${tests.length}`,
    ...tests.flatMap((test, i) => [
      ...(test.parts === null || test.parts.length === 0
        ? []
        : group(test.name, test.parts).map((line) => `  ${line}`)),
      ...(test.diagnostics === undefined ? [] : ktapDiagnostics(test.diagnostics)),
      resultLine(test, i + 1),
    ]),
  ];
}

function resultLine({ name, isOk, directive }: Test, number: number): string {
  const after = directive === undefined ? '' : ` # ${ktapText(directive)}`;
  return `${isOk ? 'ok' : 'not ok'} ${number} ${ktapText(name)}${after}`;
}
