// SPDX-License-Identifier: GPL-2.0-only
// Is the page short, and does its markup stay as it is, whatever a run says?

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLEAN, EVERY_WAY, INTERRUPTED, VOID, withText } from '../fixture-run.ts';
import { anyText, HOSTILE } from '../hostile-texts.ts';
import type { RunReport } from '../run-report.ts';
import { format } from './markdown.ts';

const LINES_MAX = 60;
const linesOf = (report: RunReport) => format.text(report).split('\n');

/** The same mutants many times over. */
function times(report: RunReport, count: number): RunReport {
  const mutants = Array.from({ length: count }, () => report.result.mutants).flat();
  const problems = Array.from({ length: count }, () => report.result.problems).flat();
  return { ...report, result: { ...report.result, mutants, problems } };
}

describe('the page of a run', () => {
  test.each([
    ['every-way', EVERY_WAY],
    ['clean', CLEAN],
    ['void', VOID],
    ['interrupted', INTERRUPTED],
  ])('%s', async (name, report) => {
    await expect(format.text(report)).toMatchFileSnapshot(`golden/mutation-${name}.md.txt`);
  });

  test('ends with what was not checked', () => {
    expect(linesOf(CLEAN).at(-2)).toMatch(/^Not checked: /);
  });

  test('that is clean has less than 60 lines, however many mutants were killed', () => {
    expect(linesOf(times(CLEAN, 1000)).length).toBeLessThan(LINES_MAX);
  });

  test('says how many rows are left out', () => {
    const text = format.text(times(EVERY_WAY, 100));
    expect(text).toContain('and 190 more, in `reports/mutation.json`');
    expect(text.split('\n').length).toBeLessThan(2 * LINES_MAX);
    expect(format.text(times(VOID, 100))).toContain('- and 192 more');
  });
});

/** What makes the page's tables and headings; what is escaped or stands in code does not count. */
function markupOf(report: RunReport): string[] {
  return linesOf(report).map((line) =>
    line
      .replace(/\\./g, '')
      .replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, 'CODE')
      .replace(/[^|#`<>[\]*-]/g, '')
      .replace(/(?<!-)-(?!-)/g, ''),
  );
}

test('no text makes a row, a column, a heading or a link', () => {
  const expected = markupOf(withText('text')).map((line) => line.replace(/-/g, ''));
  const claim = (text: string) => {
    const found = markupOf(withText(text)).map((line) => line.replace(/-/g, ''));
    expect(found).toEqual(expected);
  };
  HOSTILE.forEach(claim);
  const property = fc.property(anyText, (text) => {
    claim(text);
  });
  fc.assert(property, { seed: 1, numRuns: 200 });
});
