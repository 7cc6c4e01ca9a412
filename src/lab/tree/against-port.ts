// SPDX-License-Identifier: GPL-2.0-only
// Does the C of a tree do what the port of its era does? In one unit both are run, and all that can
// be told of any of their schedules is compared. A difference is a bug of the port, of the driver,
// or of the kernel that the tree has and the era has not: the shortest schedule says where to look.

import type { EraName } from '#vocabulary';
import { notHostedReason } from '../../c/driver/not-hosted.ts';
import type { LoadedTree } from '../../c/load.ts';
import { type Comparison, isDecided, isEqual, seenOfPort } from '../compare.ts';
import { fromOutside, isTelling } from '../prove.ts';
import type { Draw } from '../task.ts';
import { type Unit, type UnitName, unitName } from '../unit.ts';
import { loadSystem } from '../variants.ts';
import { differenceOf, type Witness, witnessBetween } from '../witness.ts';
import { loadedOf } from './tree-story.ts';
import type { SeeTree } from './tree-task.ts';

/**
 * `same`: neither shows what the other does not. `internal`: a guest cannot tell them apart, only
 * who calls single functions can. `open`: a budget was spent, or the tree does not host it.
 */
export type Against = 'same' | 'internal' | 'differs' | 'open';

export interface AgainstPort extends UnitName {
  readonly state: Against;
  /** How many ends or answers were compared. */
  readonly compared: number;
  /** Why it is open; else empty. */
  readonly reason: string;
  /** What only one of them shows, if they differ. */
  readonly witness: Witness | null;
}

/** Compares a tree with the port of its era in a unit. */
export async function againstPort(
  tree: LoadedTree,
  unit: Unit,
  seeTree: SeeTree,
  draw: Draw,
): Promise<AgainstPort> {
  const era: EraName = tree.system.era;
  const port = await loadSystem(era, null);
  const comparison: Comparison = { unit, port: seenOfPort(port, unit), mutant: seeTree(unit) };
  const name = unitName(unit);
  const compared = comparison.port.texts.length;
  const found = (state: Against, how: Partial<AgainstPort> = {}): AgainstPort => ({
    ...{ ...name, state, compared, reason: '', witness: null },
    ...how,
  });
  if (!isDecided(comparison)) {
    const { port: ofPort, mutant: ofTree } = comparison;
    const [who, open] = ofTree.result.isComplete ? ['port', ofPort] : ['tree', ofTree];
    const { reason } = open.result;
    return found('open', { reason: notHostedReason(reason) ?? `${who}: ${reason}` });
  }
  const outside = fromOutside(comparison);
  if (isEqual(outside) || !isTelling(outside)) {
    return isEqual(comparison) ? found('same') : found('internal', internal(comparison));
  }
  const difference = differenceOf([outside], 'the port');
  const sides = {
    mutant: { loaded: loadedOf(tree), name: 'the tree' },
    port: { loaded: { era, mutant: null, system: port }, name: `the port of ${era}` },
  };
  return found('differs', { witness: witnessBetween(sides, difference, draw) });
}

/** The first answer of a single function that is another one. */
function internal(comparison: Comparison): Partial<AgainstPort> {
  return { reason: differenceOf([comparison], 'the port').outcome };
}
