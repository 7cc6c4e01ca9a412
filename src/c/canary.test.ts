// SPDX-License-Identifier: GPL-2.0-only
// Would the canary of `check` notice that C is not really explored?

import { expect, test } from 'vitest';
import { treeCanaryProblem } from './canary.ts';
import { loadParser } from './text/ast.ts';

const parser = await loadParser();

test('the toy with a known race shows it, its mended twin does not', () => {
  expect(treeCanaryProblem(parser)).toBeNull();
});

test('a search that sees nothing, or everything, makes the run void', () => {
  expect(treeCanaryProblem(parser, () => false)).toContain('does not show it');
  expect(treeCanaryProblem(parser, () => true)).toContain('so does its mended twin');
});
