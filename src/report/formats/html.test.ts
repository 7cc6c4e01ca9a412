// SPDX-License-Identifier: GPL-2.0-only
// Is the page whole by itself, and can no text of a run become part of it?

import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { EVERY_WAY, VOID, withText } from '../fixture-run.ts';
import { anyText, HOSTILE } from '../hostile-texts.ts';
import { format } from './html.ts';
import { mutationDocument } from './json.ts';

const page = format.text(EVERY_WAY);
const SCRIPT = /<script([^>]*)>([\s\S]*?)<\/script>/g;
const scripts = [...page.matchAll(SCRIPT)].map(([, attributes, code]) => ({ attributes, code }));

/** What is there for who has no scripts. */
function withoutScripts(text: string): string {
  return text.replace(SCRIPT, '<script$1>...</script>').replace(/'sha256-[^']*'/g, 'HASH');
}

/** Elements in the order in which they begin and end, their attributes included. */
function elementsOf(text: string): string[] {
  return withoutScripts(text).match(/<[^>]*>/g) ?? [];
}

test('the page of a run, but for its scripts', async () => {
  await expect(withoutScripts(page)).toMatchFileSnapshot('golden/mutation.html.txt');
});

test('the page of a void run says why, and has no score', () => {
  const text = withoutScripts(format.text(VOID));
  expect(text).toContain('<li class="bad">v3.17 breaks zap-before-reuse');
  expect(text).toContain('void: there is no score');
  expect(text).not.toMatch(/score \d/);
});

test('a browser lets these scripts run and no others, and loads nothing', () => {
  const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)!;
  const run = scripts.filter(({ attributes }) => attributes === '');
  const hashes = run.map(({ code }) => createHash('sha256').update(code!).digest('base64'));
  expect(hashes).toHaveLength(2);
  expect(policy.match(/sha256-[^']*/g)).toEqual(hashes.map((hash) => `sha256-${hash}`));
  expect(policy).toMatch(/^default-src 'none'; /);
  expect(elementsOf(page).filter((element) => /\b(src|href)\s*=/.test(element))).toEqual([]);
});

test('the viewer is handed the document', () => {
  const data = scripts.find(({ attributes }) => attributes!.includes('application/json'))!;
  expect(JSON.parse(data.code!)).toEqual(JSON.parse(JSON.stringify(mutationDocument(EVERY_WAY))));
});

test('no text ends a script or begins an element', () => {
  const expected = elementsOf(format.text(withText('text')));
  const claim = (text: string) => {
    expect(elementsOf(format.text(withText(text)))).toEqual(expected);
  };
  HOSTILE.forEach(claim);
  const property = fc.property(anyText, (text) => {
    claim(text);
  });
  fc.assert(property, { seed: 1, numRuns: 50 });
});
