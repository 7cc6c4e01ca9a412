// SPDX-License-Identifier: GPL-2.0-only
// Which of Stryker's mutants does the compiler refuse? All of them are asked about at once: one
// check by the native compiler costs as much as a few of the checks that Stryker's own plugin makes
// one by one.

import { type Checker, type CheckResult, CheckStatus } from '@stryker-mutator/api/check';
import type { Mutant as StrykerMutant } from '@stryker-mutator/api/core';
import { eraNames, portOf } from '#lab/ports';
import { syntacticMutants } from '#mutation/syntactic/make';
import { typeErrors } from '#mutation/syntactic/types';
import { type KvmOptions, mutantOf } from './grounds.ts';

export class KvmTypeChecker implements Checker {
  readonly #options: KvmOptions;

  constructor(options: KvmOptions) {
    this.#options = options;
  }

  async init(): Promise<void> {}

  async group(mutants: StrykerMutant[]): Promise<string[][]> {
    return [mutants.map(({ id }) => id)];
  }

  /** What is wrong in one era is wrong: a file that two eras share has to be sound in both. */
  async check(mutants: StrykerMutant[]): Promise<Record<string, CheckResult>> {
    const results: Record<string, CheckResult> = {};
    for (const { id } of mutants) results[id] = { status: CheckStatus.Passed };
    for (const era of this.#options.eras ?? eraNames()) {
      const port = portOf(era);
      const ours = await syntacticMutants(port);
      const grounds = { era, units: [], baseline: [], coverage: [], mutants: ours };
      const pairs = mutants.flatMap(({ id, ...mutant }) => {
        const own = mutantOf(grounds, { id, ...mutant });
        return own === null ? [] : [{ id, own }];
      });
      const errors = typeErrors(
        port,
        pairs.map(({ own }) => own),
      );
      for (const { id, own } of pairs) {
        const reason = errors.get(own.id);
        if (reason !== undefined) results[id] = { status: CheckStatus.CompileError, reason };
      }
    }
    return results;
  }
}
