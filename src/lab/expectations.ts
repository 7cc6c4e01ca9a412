// SPDX-License-Identifier: GPL-2.0-only
// What must a sound run show besides its score? That every regression is caught, by each of the
// invariants that its file names.

import type { Regression } from '#mutation/mutant';
import type { MutantRun } from './run.ts';

/** One sentence for each regression that was not killed as it must be. */
export function unmetExpectations(
  runs: readonly MutantRun[],
  regressions: readonly Regression[],
): string[] {
  return runs
    .filter(({ mutant }) => mutant.kind === 'regression')
    .flatMap(({ mutant, verdict }) => {
      const { breaks = [] } = regressions.find(({ name }) => name === mutant.name) ?? {};
      const broken = new Set(
        verdict.kills.filter(({ kind }) => kind === 'rule').map(({ invariant }) => invariant),
      );
      const missing = breaks.filter((name) => !broken.has(name));
      if (broken.size === 0) return [`the regression ${mutant.id} is not killed by any invariant`];
      if (missing.length === 0) return [];
      return [`the regression ${mutant.id} does not break ${missing.join(' or ')}`];
    });
}
