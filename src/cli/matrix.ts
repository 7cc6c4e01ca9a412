// SPDX-License-Identifier: GPL-2.0-only
// `list matrix`: which kernel holds which rule? Nothing is looked up: every scenario is explored.

import { type Held, heldBy } from '#lab/held';
import { INVARIANTS, SCENARIOS } from '#lab/suites';
import { unitText } from '#lab/unit';
import { unitsOf } from '#lab/units';
import type { EraName } from '#vocabulary';
import { eraMatrixText } from '../report/era-matrix.ts';
import type { ExitStatus, Invocation } from './command.ts';
import { erasOption } from './options.ts';
import { loadEra } from './subjects.ts';

export interface Matrix {
  readonly held: readonly Held[];
  readonly text: string;
  readonly status: ExitStatus;
}

/** Explores every scenario on the ports of the chosen eras. */
export async function matrixOf({ values, output, signal }: Invocation): Promise<Matrix> {
  const eras = erasOption(values, 'all');
  const held: Held[] = [];
  const counts = new Map<EraName, number>();
  for (const era of eras) {
    const units = unitsOf(era, { scenarios: SCENARIOS, memoryModel: null, budgetStates: null });
    counts.set(era, units.length);
    const loaded = await loadEra(era);
    const tell = (name: Parameters<typeof unitText>[0]) =>
      output.progress(`${era} ${unitText(name)}`);
    held.push(...(await heldBy(loaded, units, INVARIANTS, tell, () => signal.aborted)));
  }
  output.progress('');
  const isUnknown = held.some(({ state }) => state === 'unknown');
  return { held, text: eraMatrixText(held, INVARIANTS, counts), status: isUnknown ? 3 : 0 };
}
