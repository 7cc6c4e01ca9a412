// SPDX-License-Identifier: GPL-2.0-only
// What do build servers read? JUnit XML: a suite for what the ports as they stand do, and one for
// the mutants of each era. A survivor fails, what is unknown is an error: neither ever passes.

import type { BaselineRun, MutantRun } from '#lab/run';
import { type UnitResult, unitText, violationText } from '#lab/unit';
import { markupAttribute, markupText } from '../escapes.ts';
import { evidenceOf, type Format, headlineOf, outcomeOf, type RunReport } from '../run-report.ts';

export const format: Format = {
  name: 'junit',
  file: 'junit.xml',
  summary: 'JUnit XML, for build servers',
  text: junitDocument,
};

interface Case {
  readonly name: string;
  readonly className: string;
  readonly kind: 'passed' | 'failure' | 'error' | 'skipped';
  readonly message: string;
  readonly text: string;
}

interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
}

function junitDocument(report: RunReport): string {
  const { baselines, problems } = report.result;
  const run: Suite = { name: 'run', cases: soundness(report) };
  const suites = [
    ...(problems.length > 0 || report.result.isInterrupted ? [run] : []),
    ...baselines.map(baselineSuite),
    ...baselines.map(({ era }) => mutantSuite(era, report)),
  ];
  const all = suites.flatMap(({ cases }) => cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="kvm-mutants" ${counts(all)}>`,
    ...suites.flatMap(suiteLines),
    '</testsuites>',
    '',
  ].join('\n');
}

/** Why the other suites are not to be trusted, or not all there. */
function soundness({ result }: RunReport): Case[] {
  const common = { name: 'the run is sound', className: 'run', text: '' };
  const causes = result.problems.map(
    ({ text, isUnknown }, i): Case => ({
      ...common,
      name: `${common.name} ${i + 1}`,
      kind: isUnknown ? 'error' : 'failure',
      message: `void: ${text}`,
    }),
  );
  if (!result.isInterrupted) return causes;
  const message = 'interrupted: this is not the whole run';
  return [...causes, { ...common, name: 'the run is whole', kind: 'error', message }];
}

function baselineSuite({ era, units }: BaselineRun): Suite {
  return { name: `${era} baseline`, cases: units.map((unit) => baselineCase(era, unit)) };
}

function baselineCase(era: string, unit: UnitResult): Case {
  const common = { name: unitText(unit), className: `${era}.baseline` };
  const lines = unit.violations.map((v) => `${v.isKnown ? 'known ' : ''}${violationText(v)}`);
  const text = lines.join('\n');
  if (!unit.isComplete) return { ...common, kind: 'error', message: unit.reason, text };
  const news = unit.violations.filter(({ isKnown }) => !isKnown);
  const message = news.map(violationText).join(', ');
  return { ...common, kind: news.length > 0 ? 'failure' : 'passed', message, text };
}

function mutantSuite(era: string, report: RunReport): Suite {
  const own = report.result.mutants.filter(({ mutant }) => mutant.era === era);
  return { name: `${era} mutants`, cases: own.map((run) => mutantCase(run, report)) };
}

const KINDS = { good: 'passed', bad: 'failure', unknown: 'error' } as const;

function mutantCase(run: MutantRun, { regressions, result }: RunReport): Case {
  const { id, era, function: name, diff } = run.mutant;
  const outcome = outcomeOf(run, regressions);
  const common = { name: id, className: `${era}.${name}`, message: headlineOf(run) };
  if (result.problems.length > 0) {
    return { ...common, kind: 'skipped', message: 'the run is void', text: '' };
  }
  const text = outcome === 'good' ? evidenceOf(run) : `${evidenceOf(run)}\n\n${diff.trimEnd()}`;
  return { ...common, kind: KINDS[outcome], text };
}

function counts(cases: readonly Case[]): string {
  const count = (kind: Case['kind']) => cases.filter((one) => one.kind === kind).length;
  return (
    `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" ` +
    `skipped="${count('skipped')}"`
  );
}

function suiteLines({ name, cases }: Suite): string[] {
  return [
    `  <testsuite name="${markupAttribute(name)}" ${counts(cases)}>`,
    ...cases.flatMap(caseLines),
    '  </testsuite>',
  ];
}

function caseLines({ name, className, kind, message, text }: Case): string[] {
  const names = `name="${markupAttribute(name)}" classname="${markupAttribute(className)}"`;
  const content = markupText(text);
  if (kind === 'passed') {
    if (content === '') return [`    <testcase ${names}/>`];
    return [
      `    <testcase ${names}>`,
      `      <system-out>${content}</system-out>`,
      '    </testcase>',
    ];
  }
  const said = `message="${markupAttribute(message)}"`;
  return [
    `    <testcase ${names}>`,
    kind === 'skipped'
      ? `      <skipped ${said}/>`
      : `      <${kind} type="${typeOf(message)}" ${said}>${content}</${kind}>`,
    '    </testcase>',
  ];
}

/** The verdict's word, with which a message begins. */
function typeOf(message: string): string {
  return /^[\w-]*/.exec(message)![0];
}
