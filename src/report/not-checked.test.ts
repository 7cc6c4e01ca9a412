// SPDX-License-Identifier: GPL-2.0-only

import { expect, test } from 'vitest';
import { notCheckedText } from './not-checked.ts';

const lineOf = (text: string) => text.replaceAll('\n', ' ');

test.each([
  ['v3.17', 'MMU notifiers,', 'SMM'],
  ['v5.11', 'SMM within an exit', 'of several ranges'],
  ['v6.12', 'MMU notifiers of several ranges', 'MMU notifiers,'],
] as const)('a report about %s names "%s", and not "%s"', (era, named, other) => {
  const text = lineOf(notCheckedText([era]));
  expect(text).toContain(named);
  expect(text).not.toContain(other);
});

test('what only some eras leave out comes with their names', () => {
  const text = lineOf(notCheckedText(['v5.11', 'v6.12'], ['what the options left out']));
  expect(text).toContain('Not checked: what the options left out, sizes');
  expect(text).toContain('MMU notifiers (v5.11), MMU notifiers of several ranges at once (v6.12)');
  expect(text).toContain('SMM within an exit, SEV');
});
