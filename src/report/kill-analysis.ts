// SPDX-License-Identifier: GPL-2.0-only
// What does a complete kill matrix say beyond the score? How many different questions its mutants
// ask, how few scenarios answer them all, and which invariants nobody could do without.

import {
  byBoth,
  byInvariant,
  byScenario,
  distinctRows,
  dominators,
  onlyBy,
  rowsOf,
} from '#lab/analysis/kills';
import { leastCover } from '#lab/analysis/minimal-suite';
import type { Verdict } from '#lab/verdict';
import { countText, wrapText } from './texts.ts';

/**
 * Lines for people. `scenarios`: ids of all that were run. Only of a complete run: where a dear
 * scenario was spared, nobody knows whether it would have noticed the mutant.
 */
export function killAnalysis(verdicts: readonly Verdict[], scenarios: readonly string[]): string[] {
  const both = rowsOf(verdicts, byBoth);
  if (both.length === 0) return ['No mutant was noticed: there is nothing to analyse.'];
  const least = leastCover(rowsOf(verdicts, byScenario));
  const killing = new Set(rowsOf(verdicts, byScenario).flatMap(({ ways }) => [...ways]));
  const idle = scenarios.filter((id) => !killing.has(id));
  const alone = [...onlyBy(rowsOf(verdicts, byInvariant))].sort(([a], [b]) => (a < b ? -1 : 1));
  const proof = least.isLeast ? 'no fewer do' : 'not proved to be the fewest';
  return [
    `${countText(both.length, 'mutant')} noticed in ` +
      `${countText(distinctRows(both).length, 'different way')}; ` +
      `whoever notices ${dominators(both).length} of them notices all`,
    ...listed(
      `${countText(least.ways.length, 'scenario')} would notice all (${proof})`,
      least.ways,
    ),
    ...listed(`${countText(idle.length, 'scenario')} noticed none of these mutants`, idle),
    ...listed(
      `${countText(alone.length, 'invariant')} alone noticed some mutant`,
      alone.map(([name, rows]) => `${name} (${rows.length})`),
    ),
  ];
}

function listed(head: string, items: readonly string[]): string[] {
  if (items.length === 0) return [head];
  return [`${head}:`, ...wrapText(items.join(', '), 76).map((line) => `  ${line}`)];
}
