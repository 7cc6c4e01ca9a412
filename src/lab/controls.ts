// SPDX-License-Identifier: GPL-2.0-only
// Which mutants must live? The controls: each is a harmless rewrite, so if one dies, verdicts say
// nothing about bugs, and the run is void.

import { type Problem, problem } from './baseline.ts';
import type { MutantRun } from './run.ts';
import { isDetected, NOT_REACHED } from './verdict.ts';

/** What is wrong with the controls among these mutants. */
export function controlProblems(runs: readonly MutantRun[], isWhole: boolean): Problem[] {
  return runs
    .filter(({ mutant }) => mutant.kind === 'control')
    .flatMap(({ mutant: { id }, verdict: { verdict, reason } }) => {
      if (isDetected(verdict)) {
        return [problem(`the control ${id} is harmless, but the verdict is ${verdict}`)];
      }
      if (!isWhole || reason !== NOT_REACHED) return [];
      return [problem(`no scenario reaches the control ${id}: it controls nothing`)];
    });
}
