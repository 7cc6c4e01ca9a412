// SPDX-License-Identifier: GPL-2.0-only
// Is a model that never forgets told from a kernel, and only where a sequence could tell?

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadSystem } from '#lab/variants';
import { ALPHABETS } from './alphabets.ts';
import { isCanaryNoticed } from './canary.ts';
import { FIXTURE_WORDS } from './fixture.ts';
import { batchOf } from './plan.ts';
import { parseSerial } from './serial.ts';

const log = readFileSync(new URL('fixtures/6.1-shadow-paging.log', import.meta.url), 'latin1');
const system = await loadSystem('v5.11', null);
const model = { system, alphabet: ALPHABETS[0]!, paging: 'shadow paging' } as const;
const noticed = (words: readonly string[]) =>
  isCanaryNoticed(batchOf('f', model, words), parseSerial(log));

test('the recorded kernel forgets, so a model that never does is noticed', () => {
  expect(noticed(FIXTURE_WORDS)).toBe(true);
});

test('where nothing has to be forgotten, nothing is noticed', () => {
  expect(noticed(FIXTURE_WORDS.slice(0, 1))).toBe(false);
});
