// SPDX-License-Identifier: GPL-2.0-only
// Is a mutant that nothing kills better than its port? An edit may take a bug away that an era is
// known to have: then it differs from the port, and no scenario is missing.

import type { Comparison } from './compare.ts';
import { unitName, unitText, violationText } from './unit.ts';

/**
 * What the port breaks in one of these, and the mutant in none of them, in a sentence without its
 * end; null if there is nothing. A unit of which not all was seen proves nothing.
 */
export function mendedText(differing: readonly Comparison[]): string | null {
  const broken = new Set(
    differing.flatMap(({ mutant }) => mutant.result.violations.map(violationText)),
  );
  const isComplete = differing.every(({ mutant }) => mutant.result.isComplete);
  for (const { unit, port } of isComplete ? differing : []) {
    const mended = port.result.violations.map(violationText).find((text) => !broken.has(text));
    if (mended === undefined) continue;
    return `in ${unitText(unitName(unit))} it does not break ${mended}, as the port does`;
  }
  return null;
}
