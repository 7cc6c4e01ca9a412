// SPDX-License-Identifier: GPL-2.0-only
// In which order is a mutant run? Most die in the smallest scenarios; larger ones cost ten times as
// much. So the units come in waves, and a wave is run only if the mutant lived through those before
// it, or is not yet dead of what it must die of. Who survives has run them all; a control, which is
// harmless and would always go the whole way, is spared the last.

import type { MutantKind } from '#mutation/mutant';
import type { Unit } from './unit.ts';

/** The largest scenarios of each wave but the last: vCPUs times exits times installs. */
const WAVES = [2, 4];

/** The waves of a mutant's units, smallest first. With `isComplete` there is one, of all units. */
export function wavesOf(units: readonly Unit[], kind: MutantKind, isComplete: boolean): Unit[][] {
  if (isComplete) return [[...units]];
  const waves = [...WAVES, Number.POSITIVE_INFINITY].map((most, i, all) => {
    const least = all[i - 1] ?? Number.NEGATIVE_INFINITY;
    return units.filter((unit) => sizeOf(unit) > least && sizeOf(unit) <= most);
  });
  const spared = waves.slice(0, WAVES.length).some((wave) => wave.length > 0);
  const wanted = kind === 'control' && spared ? waves.slice(0, WAVES.length) : waves;
  return wanted.filter((wave) => wave.length > 0);
}

/** Store buffers make several times the work. */
function sizeOf({ scenario, memoryModel }: Unit): number {
  if (scenario.kind === 'sequential') return scenario.isHeavy === true ? WAVES.at(-1)! + 1 : 1;
  const installs = scenario.updates.reduce((sum, { text }) => sum + installsOf(text), 0);
  const factor = memoryModel === 'sc' ? 1 : 3;
  return scenario.vcpus * scenario.exits.length * installs * factor;
}

/** Deleting and moving a slot install a set of slots twice, other updates once. */
function installsOf(update: string): number {
  return /^(delete|move)/.test(update) ? 2 : 1;
}
