// SPDX-License-Identifier: GPL-2.0-only
// Is a mutant said to take a known bug away if it does, and only then?

import { expect, test } from 'vitest';
import type { Comparison } from './compare.ts';
import { mendedText } from './mended.ts';
import type { Seen } from './sight.ts';
import { SCENARIOS } from './suites.ts';
import { emptyResult, type Unit, unitName } from './unit.ts';

const UNIT: Unit = {
  scenario: SCENARIOS.find(({ id }) => id === 'mapping/any-copy-is-what-the-slots-say')!,
  mmio: 'ept',
  memoryModel: 'sc',
  budgetStates: null,
};

function seen(broken: readonly string[], isComplete = true): Seen {
  const violations = broken.map((invariant) => {
    return { invariant, detail: '', kind: 'rule', isKnown: true } as const;
  });
  return { result: emptyResult(unitName(UNIT), { violations, isComplete }), texts: [] };
}

const compared = (port: Seen, mutant: Seen): Comparison => ({ unit: UNIT, port, mutant });

test('what the port breaks and the mutant does not is told, with where', () => {
  const text = mendedText([compared(seen(['progress', 'crash']), seen(['progress']))]);
  expect(text).toBe(
    'in mapping/any-copy-is-what-the-slots-say ept sc it does not break crash, as the port does',
  );
});

test('nothing is mended that the mutant breaks somewhere else', () => {
  const one = compared(seen(['crash']), seen([]));
  expect(mendedText([one, compared(seen(['crash']), seen(['crash']))])).toBeNull();
});

test('nothing is mended where both break the same, or where not all was seen', () => {
  expect(mendedText([compared(seen(['crash']), seen(['crash']))])).toBeNull();
  expect(mendedText([compared(seen(['crash']), seen([], false))])).toBeNull();
});
