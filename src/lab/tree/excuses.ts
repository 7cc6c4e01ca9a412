// SPDX-License-Identifier: GPL-2.0-only
// May a tree be excused for what its era is known to break? That is known of a port. Of a tree that
// is not what the port was written from it is only known where the port does the same. What rules
// are known for that no port has is known of such trees themselves.

import type { EraName, SystemUnderTest } from '#vocabulary';
import { INVARIANTS, rulesNameOf } from '../suites.ts';
import { runUnit, type Unit, type UnitResult, violationText } from '../unit.ts';
import { loadSystem } from '../variants.ts';

/** What a tree breaks as its era is known to, but the port of the era does not in this unit. */
export async function unexcused(
  system: SystemUnderTest,
  unit: Unit,
  { violations }: UnitResult,
): Promise<readonly string[]> {
  const known = violations.filter(({ isKnown }) => isKnown).map(violationText);
  if (known.length === 0 || rulesNameOf(system) !== system.era) return [];
  const port = runUnit(await loadSystem(system.era, null), unit, INVARIANTS);
  const shown = new Set(port.violations.map(violationText));
  return known.filter((text) => !shown.has(text));
}

/** Why there is no answer then. */
export function unexcusedText(era: EraName, texts: readonly string[]): string {
  return (
    `${era} is known to break ${texts.join('; ')}, but its port does not do so here, and ` +
    'functions of the tree differ from those that it was written from'
  );
}
