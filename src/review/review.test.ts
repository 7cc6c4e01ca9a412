// SPDX-License-Identifier: GPL-2.0-only
// Does a review ask what it must of ten patches as contributors write them, and nothing of those
// that do no harm? Each has its whole checklist as a golden file.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { knowledge } from '../cli/review-knowledge.ts';
import { readPatches } from '../patch/read.ts';
import type { Patch } from '../patch/values.ts';
import { countsOf, loadReviewFormats } from './format.ts';
import { reviewOf } from './review.ts';
import type { PatchReview, Review, Row } from './values.ts';

const FIXTURES = new URL('./fixtures/', import.meta.url);
// What runs found out changes with every mutant that is added: goldens are made without it.
const known = { ...(await knowledge()), evidence: null };
const formats = await loadReviewFormats();
/** Without rows that grow with every regression that is added. */
const reviewed = (patches: readonly Patch[]): Review => {
  const { patches: all, ...rest } = reviewOf(patches, known, null);
  const isStable = ({ word }: Row) => word !== 'risk';
  return { ...rest, patches: all.map((one) => ({ ...one, rows: one.rows.filter(isStable) })) };
};

const fixture = (name: string): Patch[] =>
  readPatches(readFileSync(new URL(`${name}.patch`, FIXTURES)), `${name}.patch`);

/** What must be asked of each patch, and nothing else. */
const ASKED: Readonly<Record<string, readonly string[]>> = {
  'harmless-clean-up': [],
  'renamed-variable': [],
  'moved-statement': [],
  'dropped-flag-test': ['stale-after-update'],
  'changed-shift': ['bit-ranges-asserted', 'docs-agree'],
  'new-cached-reader': ['unknown-reader'],
  'docs-only': [],
  'selftest-only': [],
  'half-a-fix': ['half-a-fix'],
  'real-improvement': [],
};

const asks = ({ rows }: PatchReview) =>
  rows.filter(({ word }) => word === 'ask').map(({ name }) => name);

test('every patch of the folder is expected to ask something or nothing', () => {
  const files = readdirSync(FIXTURES).map((file) => file.replace(/\.patch$/, ''));
  expect(files.sort()).toEqual(Object.keys(ASKED).sort());
});

describe.each(Object.entries(ASKED))('%s', (name, expected) => {
  const review = reviewed(fixture(name));

  test(`is asked: ${expected.join(', ') || 'nothing'}`, () => {
    expect(review.patches.flatMap(asks)).toEqual(expected);
    expect(countsOf(review).unread).toBe(0);
  });

  test('has its checklist', async () => {
    const text = formats.find((format) => format.name === 'text')!;
    const options = { isQuiet: false, isVerbose: true };
    await expect(text.text(review, options)).toMatchFileSnapshot(`golden/${name}.txt`);
    const quiet = text.text(review, { ...options, isQuiet: true });
    expect(quiet === '').toBe(expected.length === 0);
  });
});

describe.each(formats.map((format) => [format.name, format] as const))('as %s', (name, format) => {
  const series = ['dropped-flag-test', 'docs-only', 'half-a-fix', 'selftest-only'];
  const options = { isQuiet: false, isVerbose: false };

  test('a series has its golden', async () => {
    const review = reviewed(series.flatMap(fixture));
    await expect(format.text(review, options)).toMatchFileSnapshot(`golden/series.${name}.txt`);
  });

  test('no verdict is given, and nothing is signed', () => {
    const all = Object.keys(ASKED).flatMap(fixture);
    const text = format.text(reviewOf(all, known, null), options);
    expect(text).not.toMatch(/looks good|lgtm|(reviewed|tested|acked|signed-off)-by/i);
  });
});

test('a list reply has 72 columns but for what it quotes, and quotes lines as they are', () => {
  const reply = formats.find(({ name }) => name === 'reply')!;
  const patches = Object.keys(ASKED).flatMap(fixture);
  const review = reviewOf(patches, known, null);
  const lines = reply.text(review, { isQuiet: false, isVerbose: false }).split('\n');
  const own = lines.filter((line) => !line.startsWith('>'));
  expect(Math.max(...own.map((line) => line.length))).toBeLessThanOrEqual(72);
  const mailed = patches.flatMap(({ files }) =>
    files.flatMap(({ hunks }) =>
      hunks.flatMap(({ bytes }) => new TextDecoder().decode(bytes).split('\n')),
    ),
  );
  const quoted = lines.filter((line) => /^> [-+ ]\t/.test(line)).map((line) => line.slice(2));
  expect(quoted.length).toBeGreaterThan(5);
  expect(quoted.filter((line) => !mailed.includes(line))).toEqual([]);
  expect(own.join('\n')).not.toMatch(/line \d|:\d+/);
});

test('what cannot be read is said, and is no pass', () => {
  const review = reviewOf(readPatches(new Uint8Array(), 'nothing'), known, null);
  expect(review.patches[0]).toMatchObject({ state: 'unread' });
  for (const { name, text } of formats) {
    const said = text(review, { isQuiet: true, isVerbose: false });
    // These two are for people to send on: the command says it on standard error.
    const isSentOn = name === 'reply' || name === 'changelog';
    if (!isSentOn) expect(said, name).toContain('there is no diff in it');
  }
});

test('invariants are at risk that real bugs in the changed functions broke', () => {
  const [patch] = reviewOf(fixture('half-a-fix'), known, null).patches;
  const risks = patch!.rows.filter(({ word }) => word === 'risk').map(({ name }) => name);
  expect(risks).toEqual(expect.arrayContaining(['stale-after-update', 'right-address-space']));
  const [renamed] = reviewOf(fixture('renamed-variable'), known, null).patches;
  expect(renamed!.rows.filter(({ word }) => word === 'risk')).toEqual([]);
});
