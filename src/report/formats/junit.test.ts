// SPDX-License-Identifier: GPL-2.0-only
// Is the document XML, whatever a run says, and do its counts hold?

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLEAN, EVERY_WAY, INTERRUPTED, VOID, withText } from '../fixture-run.ts';
import { anyText, HOSTILE } from '../hostile-texts.ts';
import type { RunReport } from '../run-report.ts';
import { format } from './junit.ts';

/** Characters that XML 1.0 allows. */
const LEGAL = /^[\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
const TAG = /<(\/?)([a-z-]+)((?: [a-z]+="[^"<>]*")*)(\/?)>/g;

/** Elements in the order in which they begin. Throws if the text is not well-formed. */
function elementsOf(text: string): string[] {
  const [, body = ''] = text.split('<?xml version="1.0" encoding="UTF-8"?>\n');
  if (!LEGAL.test(text)) throw new Error('a character that XML forbids');
  const outside = body.replace(TAG, '');
  if (/[<>]|&(?!(?:amp|lt|gt|quot|#\d+);)/.test(outside)) throw new Error('loose markup');
  const open: string[] = [];
  const seen: string[] = [];
  for (const [, end, name = '', , empty] of body.matchAll(TAG)) {
    if (end === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> ends another element`);
      continue;
    }
    seen.push(`${'  '.repeat(open.length)}${name}`);
    if (empty !== '/') open.push(name);
  }
  if (open.length > 0) throw new Error(`${open.at(-1)} has no end`);
  return seen;
}

const count = (report: RunReport, element: string) =>
  elementsOf(format.text(report)).filter((name) => name.trim() === element).length;

describe('the document of a run', () => {
  test.each([
    ['every-way', EVERY_WAY],
    ['void', VOID],
  ])('%s', async (name, report) => {
    await expect(format.text(report)).toMatchFileSnapshot(`golden/junit-${name}.xml.txt`);
  });

  test.each([
    ['every way', EVERY_WAY],
    ['clean', CLEAN],
    ['void', VOID],
    ['interrupted', INTERRUPTED],
  ])('%s: its counts are those of its elements', (_, report) => {
    const [, counts] = /<testsuites name="kvm-mutants" (.*)>/.exec(format.text(report))!;
    const of = ['testcase', 'failure', 'error', 'skipped'].map((name) => count(report, name));
    expect(counts).toBe(
      `tests="${of[0]}" failures="${of[1]}" errors="${of[2]}" skipped="${of[3]}"`,
    );
  });

  test('that is clean has no failure and no error; one that was interrupted has', () => {
    expect([count(CLEAN, 'failure'), count(CLEAN, 'error')]).toEqual([0, 0]);
    expect(count(INTERRUPTED, 'error')).toBe(1);
  });
});

test('no text breaks the document or makes an element', () => {
  const expected = elementsOf(format.text(withText('text')));
  const claim = (text: string) => {
    expect(elementsOf(format.text(withText(text)))).toEqual(expected);
  };
  HOSTILE.forEach(claim);
  const property = fc.property(anyText, (text) => {
    claim(text);
  });
  fc.assert(property, { seed: 1, numRuns: 200 });
});
